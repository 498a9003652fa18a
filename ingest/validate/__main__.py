"""The process that checks what was sent: it reads standard input, writes lines of JSON, and can write nothing else.

``python -m ingest.validate JOB`` with the job as JSON: ``content_type``, ``limits``, ``plots``. It limits itself
before it looks at a byte; ``ingest.validate.run`` kills it when its time is over. Reports come first, so that they
are there when it is killed while it draws. Pure: no database, no DaCHS, no network.
"""

import base64
import json
import logging
import os
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ingest.oifits import Granule, OIFitsError, OIFitsFile, granules_of, read_oifits, why_no_granules
from ingest.oifits.check import OIVO, PROFILES, check
from ingest.oifits.check.checker import unreadable
from ingest.validate.limits import Limits
from ingest.validate.upload import Submitted, UploadError, read_upload

#: Share of the time after which no sheet is begun, so that the answer is whole.
_DRAWING_SHARE = 0.7
_PLOT_WIDTH = 1200
#: A report of more findings is not read by anybody.
_MOST_FINDINGS = 2000
_MOST_GRANULES = 200


def main(arguments: list[str]) -> int:
    """Check what standard input holds."""
    began = time.monotonic()
    job = json.loads(arguments[0])
    limits = Limits(**job["limits"])
    confine(limits)
    warnings.simplefilter("ignore")
    logging.disable()  # matplotlib says that it cannot write its list of fonts
    try:
        upload = read_upload(sys.stdin.buffer.read(), job["content_type"], limits)
        profile = upload.fields.get("profile") or job["profile"] or OIVO
        if profile not in PROFILES:
            raise UploadError(f"no profile {profile[:40]!r}", remedy=f"there are: {', '.join(PROFILES)}")
    except UploadError as error:
        say(event="refused", message=str(error))
        return 0
    except MemoryError:
        say(event="refused", message="too much to be read at once (send fewer files)")
        return 0
    names = [{"name": file.name, "refused": file.refused} for file in upload.files]
    say(event="files", files=names, fields=upload.fields, profile=profile)
    granules = [_report(number, file, profile, limits) for number, file in enumerate(upload.files)]
    if job["plots"] and upload.fields.get("format") != "json":
        _draw_all(upload.files, granules, limits, began + limits.seconds * _DRAWING_SHARE)
    say(event="end")
    return 0


def confine(limits: Limits) -> None:
    """Give up what this process does not need: memory, time, files of its own, precedence."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.seconds + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    os.nice(10)


def say(**event: Any) -> None:
    """Write a line of the answer."""
    sys.stdout.write(f"{json.dumps(event)}\n")
    sys.stdout.flush()


def _report(number: int, file: Submitted, profile: str, limits: Limits) -> list[Granule]:
    """Say what the checker finds in a file; return the file's granules."""
    if file.refused:
        return []
    try:
        try:
            oifits = read_oifits(file.content, name=file.name, max_bytes=limits.unpacked_bytes)
        except OIFitsError as error:
            say(event="report", file=number, report=unreadable(file.name, error, profile).as_json())
            return []
        report = check(oifits, profile).as_json()
        granules = granules_of(oifits)
        why = "" if granules else why_no_granules(oifits)
    except Exception as error:
        _failed(number, "checked", error)
        return []
    left = len(report["findings"]) - _MOST_FINDINGS
    del report["findings"][_MOST_FINDINGS:]
    facts = [_facts(granule) for granule in granules[:_MOST_GRANULES]]
    say(
        event="report",
        file=number,
        report=report,
        granules=facts,
        nb_granules=len(granules),
        why=why,
        left=max(left, 0),
    )
    return granules


def _failed(number: int, what: str, error: Exception) -> None:
    """Say that a file is too much for this process or for oivo; the traceback is for the operator's log."""
    why = "takes more memory than there is" if isinstance(error, MemoryError) else "an error of ours: please tell us"
    say(event="failed", file=number, message=f"cannot be {what}: {why}", traceback=traceback.format_exc()[-4000:])


def _facts(granule: Granule) -> Mapping[str, Any]:
    return {
        "target": granule.target_name,
        "night": None if granule.local_night is None else granule.local_night.isoformat(),
        "instrument": granule.instrument or granule.instrument_name,
        "facility": granule.facility or granule.facility_name,
        "stations": " ".join(granule.stations),
        "bands": "".join(granule.bands),
        "channels": granule.nb_channels,
        "vis": granule.nb_vis,
        "vis2": granule.nb_vis2,
        "t3": granule.nb_t3,
        "flux": granule.nb_flux,
    }


def _draw_all(files: tuple[Submitted, ...], granules: list[list[Granule]], limits: Limits, end: float) -> None:
    """Draw the first granule of each file, then the others, as many as there is time for."""
    wanted = sorted(
        (place, number) for number, found in enumerate(granules) for place in range(len(found[: limits.plots]))
    )
    total = sum(len(found) for found in granules)
    drawn, opened = 0, (-1, None)
    for place, number in wanted[: limits.plots]:
        if time.monotonic() > end:
            break
        try:
            from ingest.quicklook import draw  # matplotlib takes a second that those without plots do not wait

            oifits: OIFitsFile | None = opened[1] if opened[0] == number else None
            file = files[number]
            oifits = oifits or read_oifits(file.content, name=file.name, max_bytes=limits.unpacked_bytes)
            sheet = draw(oifits, granules[number][place], "png", _PLOT_WIDTH)
        except Exception as error:
            _failed(number, "drawn", error)
            continue
        say(event="plot", file=number, granule=place, png=base64.b64encode(sheet).decode("ascii"))
        drawn += 1
    say(event="plots", drawn=drawn, total=total)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main(sys.argv[1:]))
