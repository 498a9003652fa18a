"""How fast OIFITS files are read and checked, against two yardsticks: ``python tests/bench/oifits.py FOLDER``.

What ``./oivo bench oifits FOLDER`` measures, and beside it facts, checksums, and column access with
``astropy.io.fits``, the second yardstick.
"""

import argparse
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from astropy.io import fits

from ingest.bench import WORK, measure, readable, table
from ingest.oifits import granules_of, read_oifits

DATA = ("OI_VIS", "OI_VIS2", "OI_T3", "OI_FLUX")


def granules_extended(path: Path) -> None:
    """What ingestion keeps of granules, docs/extension.md included."""
    granules_of(read_oifits(path), extended=True)


def granules_and_facts(path: Path) -> None:
    oifits = read_oifits(path)
    granules_of(oifits)
    _ = oifits.facts


def granules_facts_and_sha256(path: Path) -> None:
    oifits = read_oifits(path)
    granules_of(oifits)
    _ = oifits.facts, oifits.sha256


def astropy_columns(path: Path) -> None:
    """Touch the columns that granules of the reference need, no more."""
    with fits.open(path, memmap=False) as hdus:
        for hdu in hdus[1:]:
            for name in _columns(hdu):
                np.asarray(hdu.data.field(name)).min()


def _columns(hdu: fits.BinTableHDU) -> list[str]:
    wanted = ("EFF_WAVE", "EFF_BAND") if hdu.name == "OI_WAVELENGTH" else ()
    wanted = ("TARGET_ID", "MJD", "INT_TIME") if hdu.name in DATA else wanted
    return [name for name in wanted if name in hdu.columns.names] if hdu.header.get("NAXIS2") else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of OIFITS files, searched with all that is below")
    parser.add_argument("--rounds", type=int, default=9, help="repetitions (default: 9)")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    found = list(readable(options.folder))
    paths = [path for path in found if isinstance(path, Path)]
    for error in found:
        if not isinstance(error, Path):
            print(f"left out: {error}", file=sys.stderr)
    if not paths:
        print("no OIFITS file there", file=sys.stderr)
        return 1
    more = (granules_extended, granules_and_facts, granules_facts_and_sha256)
    timings = measure(paths, max(1, options.rounds), (*WORK, *more))
    timings += measure(paths, max(1, options.rounds // 3), (astropy_columns,))  # it takes longer than all others
    print(f"{len(paths)} files, {timings[0].size / 1e6:.1f} MB, medians of {options.rounds} rounds, one core")
    for line in table(timings):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
