"""The process that reads one submitted file and says what is in it, as a line of JSON.

``python -m ingest.validate.inspect PATH NAME LIMITS``, with limits as JSON. It limits itself before it looks at a byte,
and can write nothing but its answer; `ingest.validate.confined` starts it and ends it when its time is over. Pure.
"""

import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.oifits import Granule, OIFitsError, granules_of, read_oifits, why_no_granules
from ingest.oifits.check import check
from ingest.oifits.check.report import verdict
from ingest.validate.__main__ import confine, say
from ingest.validate.limits import Limits

#: More than anybody corrects by hand; the others are saved, too.
_MOST_GRANULES = 500
_MOST_FINDINGS = 500


def main(arguments: list[str]) -> int:
    """Read a file and say what is in it."""
    path, name, limits = Path(arguments[0]), arguments[1], Limits(**json.loads(arguments[2]))
    confine(limits)
    warnings.simplefilter("ignore")
    try:
        say(**_contents(path, name, limits))
    except OIFitsError as error:
        say(refused=str(error))
    except MemoryError:
        say(refused=f"{name}: takes more memory than there is")
    return 0


def _contents(path: Path, name: str, limits: Limits) -> dict[str, Any]:
    oifits = read_oifits(path.read_bytes(), name=name, max_bytes=limits.unpacked_bytes)
    granules = granules_of(oifits)
    if not granules:
        return {"refused": f"{name}: nothing in it can be published: {why_no_granules(oifits)}"}
    report = check(oifits)
    findings = report.as_json()["findings"]
    return {
        "refused": "",
        "version": oifits.version,
        "severe": {level: verdict(report, level).refused for level in (1, 2, 3)},
        "findings": findings[:_MOST_FINDINGS],
        "nb_findings": len(findings),
        "facts": asdict(oifits.facts),
        "granules": [_facts(granule) for granule in granules[:_MOST_GRANULES]],
        "nb_granules": len(granules),
    }


def _facts(granule: Granule) -> dict[str, Any]:
    wanted = (
        *("target_row", "insname", "night", "target_name", "s_ra", "s_dec", "t_min", "t_max", "em_min", "em_max"),
        *("facility", "facility_name", "instrument", "instrument_name", "nb_channels", "nb_vis", "nb_vis2", "nb_t3"),
        *("nb_flux", "target_category"),
    )
    facts = {name: getattr(granule, name) for name in wanted}
    facts["stations"], facts["bands"] = " ".join(granule.stations), " ".join(granule.bands)
    facts["local_night"] = granule.local_night.isoformat() if granule.local_night else None
    return facts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
