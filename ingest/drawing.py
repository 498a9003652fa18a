"""Draws plot sheets of one file in a process of its own, with limits on memory and time.

``python -m ingest.drawing STORED NAME`` reads a JSON list of sheets from standard input, each with
``key`` (target row, INSNAME, night), ``form``, ``width`` and ``output``; called by
``ingest.archive.previews``. May import the pure modules only.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from ingest.errors import OivoError
from ingest.oifits import Granule, OIFitsFile, granules_of, read_oifits
from ingest.quicklook import draw

#: Address space in bytes; a sheet of the largest real file takes 0.5 GB.
_MEMORY = 4 * 2**30


def main(arguments: list[str]) -> int:
    """Draw the sheets; each is put in its place whole. Status 1 if one failed."""
    stored, name = arguments
    sheets: list[dict[str, Any]] = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        oifits = read_oifits(Path(stored), name=name)
        granules = {(granule.target_row, granule.insname, granule.night): granule for granule in granules_of(oifits)}
    except OivoError as error:
        print(error, file=sys.stderr)
        return 1
    failed = False
    for sheet in sheets:
        granule = granules.get((sheet["key"][0], sheet["key"][1], sheet["key"][2]))
        if granule is None:
            print(f"{name}: has no such granule", file=sys.stderr)
            failed = True
        else:
            _draw(oifits, granule, sheet)
    return int(failed)


def _draw(oifits: OIFitsFile, granule: Granule, sheet: dict[str, Any]) -> None:
    output = Path(sheet["output"])
    half = output.with_name(f"{output.name}.{os.getpid()}")
    half.write_bytes(draw(oifits, granule, sheet["form"], sheet["width"]))
    half.rename(output)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
