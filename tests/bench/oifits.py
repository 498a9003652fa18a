"""How fast OIFITS files are read, against two yardsticks in the same run: ``python tests/bench/oifits.py FOLDER``.

The yardsticks are ``sha256`` of the same files and column access with ``astropy.io.fits``. Each line reads every
file of the folder from disk; the rounds are interleaved, and medians are printed. What one piece of work leaves to the
garbage collector is collected before the next one starts.
"""

import argparse
import gc
import hashlib
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from astropy.io import fits

from ingest.oifits import OIFitsError, granules_of, read_oifits

DATA = ("OI_VIS", "OI_VIS2", "OI_T3", "OI_FLUX")


def sha256(path: Path) -> None:
    hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> None:
    read_oifits(path)


def granules(path: Path) -> None:
    granules_of(read_oifits(path))


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


WORK = (sha256, read, granules, granules_and_facts, granules_facts_and_sha256, astropy_columns)


def measure(paths: list[Path], rounds: int) -> dict[str, float]:
    """Median seconds of each piece of work over all files; the slow yardstick runs in one round of three."""
    times: dict[str, list[float]] = {work.__name__: [] for work in WORK}
    for turn in range(-1, rounds):
        for work in WORK:
            if work is astropy_columns and turn % 3:
                continue
            seconds = _time(work, paths)
            if turn >= 0:
                times[work.__name__].append(seconds)
    return {name: statistics.median(values) for name, values in times.items()}


def _time(work: Callable[[Path], None], paths: list[Path]) -> float:
    gc.collect()
    start = time.perf_counter()
    for path in paths:
        work(path)
    return time.perf_counter() - start


def readable(folder: Path) -> list[Path]:
    """The files that are OIFITS; the others are named and left out."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            granules(path)
            found.append(path)
        except OIFitsError as error:
            print(f"left out: {error}", file=sys.stderr)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of OIFITS files, searched with all that is below")
    parser.add_argument("--rounds", type=int, default=9, help="repetitions (default: 9)")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    paths = readable(options.folder)
    if not paths:
        print("no OIFITS file there", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in paths)
    medians = measure(paths, max(1, options.rounds))
    print(f"{len(paths)} files, {size / 1e6:.1f} MB, medians of {options.rounds} interleaved rounds, one core")
    print(f"{'work':<28}{'files/s':>10}{'MB/s':>10}{'ms':>10}{'/ sha256':>10}{'/ astropy':>10}")
    for name, seconds in medians.items():
        ratios = f"{seconds / medians['sha256']:>10.2f}{seconds / medians['astropy_columns']:>10.3f}"
        print(f"{name:<28}{len(paths) / seconds:>10.0f}{size / 1e6 / seconds:>10.0f}{seconds * 1e3:>10.1f}{ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
