"""Plot sheets of granules: drawn when first wanted or by a job, cached, drawn anew when the file changes.

Drawing reads files that strangers wrote and holds Python's lock for half a second, so it is done
in a process of its own, with limits. May import ``ingest.archive``, ``ingest.home``.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.archive.connection import Archive, Cursor
from ingest.archive.delivery import StoredFile, find_file
from ingest.archive.store import Store
from ingest.errors import OivoError
from ingest.home import PROJECT, Home
from ingest.logs import log

#: Part of the cache's names: raise it when sheets change their look.
_EDITION = 1
#: What can be asked for: form and width in pixels (which SVG ignores). A bounded list bounds the cache.
FORMS = {"png": 1200, "thumbnail": 300, "svg": 1200}
MEDIA_TYPES = {"png": "image/png", "thumbnail": "image/png", "svg": "image/svg+xml"}
#: A sheet takes 0.5 s, the start of Python and matplotlib 1 s; what takes much longer never ends.
_SECONDS_TO_START, _SECONDS_A_SHEET = 30, 15

#: One drawing process at a time: two cores also have users to serve.
_DRAWING = threading.Lock()
#: So many may wait for it; each holds one of the server's ten threads.
_WAITING = threading.BoundedSemaphore(3)


class PreviewError(OivoError):
    """A sheet cannot be drawn."""


class BusyError(PreviewError):
    """Others are being drawn: later it can be."""


@dataclass(frozen=True)
class Drawable:
    """A granule with what is needed to find it in its file."""

    id: int
    target_row: int
    insname: str
    night: int
    file: StoredFile


def find_drawable(cursor: Cursor, granule_id: int) -> Drawable | None:
    """Return a granule by its id."""
    cursor.execute("SELECT file_id, target_row, insname, night FROM archive.granule WHERE id = %s", [granule_id])
    row = cursor.fetchone()
    if row is None:
        return None
    file = find_file(cursor, row.file_id)
    if file is None:
        return None
    return Drawable(granule_id, row.target_row, row.insname, row.night, file)


def preview_path(home: Home, granule: Drawable, form: str) -> Path:
    """Return where a sheet is cached: the name follows from the file's bytes and the granule's key."""
    return _path(home, granule.file.sha256, granule.target_row, granule.insname, granule.night, form)


def _path(home: Home, sha256: str, target_row: int, insname: str, night: int, form: str) -> Path:
    key = f"{_EDITION} {sha256} {target_row} {insname} {night} {form}"
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return home.root / "cache/plots" / digest[:2] / f"{digest[2:]}.{'svg' if form == 'svg' else 'png'}"


def ensure_preview(home: Home, granule: Drawable, form: str = "png") -> Path:
    """Return the cached sheet of a granule, drawing it first if need be.

    Raises
    ------
    PreviewError
        When it cannot be drawn; `BusyError` when too many others are waiting to be.
    """
    path = preview_path(home, granule, form)
    if path.exists():
        return path
    if not _WAITING.acquire(blocking=False):
        raise BusyError("other plots are being drawn", place=granule.file.name, remedy="try again in a minute")
    try:
        with _DRAWING:
            if not path.exists():
                _draw(home, [(granule, form)])
    finally:
        _WAITING.release()
    return path


def cached_thumbnails(home: Home, cursor: Cursor, identifiers: list[int], now: datetime) -> frozenset[int]:
    """Return which granules have a thumbnail that anybody may see now."""
    cursor.execute(
        """SELECT g.id, g.target_row, g.insname, g.night, f.sha256
           FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
           WHERE g.id = ANY(%s) AND NOT EXISTS (
               SELECT FROM archive.granule AS other WHERE other.file_id = f.id AND other.data_rights <> 'public'
                   AND coalesce(other.obs_release_date > %s, true))""",
        [identifiers, now],
    )
    return frozenset(
        row.id
        for row in cursor.fetchall()
        if _path(home, row.sha256, row.target_row, row.insname, row.night, "thumbnail").exists()
    )


def _draw(home: Home, sheets: list[tuple[Drawable, str]]) -> None:
    """Draw sheets of granules of one file."""
    file = sheets[0][0].file
    wanted = []
    for granule, form in sheets:
        path = preview_path(home, granule, form)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = (granule.target_row, granule.insname, granule.night)
        kind = "svg" if form == "svg" else "png"
        wanted.append({"key": key, "form": kind, "width": FORMS[form], "output": str(path)})
    command = [sys.executable, "-m", "ingest.drawing", str(Store(home.files).path(file.sha256)), file.name]
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "OPENBLAS_NUM_THREADS": "1",
        "MPLCONFIGDIR": str(home.root / "cache/matplotlib"),  # matplotlib keeps its list of fonts there
    }
    try:
        done = subprocess.run(
            command,
            env=environment,
            input=json.dumps(wanted).encode(),
            capture_output=True,
            timeout=_SECONDS_TO_START + _SECONDS_A_SHEET * len(wanted),
            check=False,
            cwd="/",
        )
    except subprocess.TimeoutExpired as error:
        raise PreviewError("takes too long to draw", place=file.name) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise PreviewError(f"cannot be drawn: {said[-1] if said else done.returncode}", place=file.name)


def draw_missing(home: Home, seconds: float) -> tuple[int, int]:
    """Draw the sheets and thumbnails of granules that have none, a file at a time, the newest first.

    Parameters
    ----------
    seconds
        No file is begun after so long.

    Returns
    -------
    drawn, failed
        How many sheets, and how many files in which one failed; those are tried again at each run.
    """
    end = time.monotonic() + seconds
    drawn = failed = 0
    with Archive(home).transaction() as cursor:
        cursor.execute("SELECT id FROM archive.file ORDER BY id DESC")
        identifiers = [row.id for row in cursor.fetchall()]
    for identifier in identifiers:
        if time.monotonic() > end:
            break
        with Archive(home).transaction() as cursor:
            missing = _missing_of_file(home, cursor, identifier)
        if not missing:
            continue
        try:
            with _DRAWING:
                _draw(home, missing)
            drawn += len(missing)
        except PreviewError as error:
            log.warning("%s", error)
            failed += 1
    return drawn, failed


def _missing_of_file(home: Home, cursor: Cursor, file_id: int) -> list[tuple[Drawable, str]]:
    file = find_file(cursor, file_id)
    if file is None:
        return []
    cursor.execute("SELECT id, target_row, insname, night FROM archive.granule WHERE file_id = %s", [file_id])
    granules = [Drawable(row.id, row.target_row, row.insname, row.night, file) for row in cursor.fetchall()]
    return [
        (granule, form)
        for granule in granules
        for form in ("png", "thumbnail")
        if not preview_path(home, granule, form).exists()
    ]


def remove_stale(home: Home, cursor: Cursor) -> int:
    """Remove cached sheets of granules that are gone, or of an older look; return how many."""
    cursor.execute(
        """SELECT g.id, g.target_row, g.insname, g.night, f.sha256
           FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id"""
    )
    wanted = {_path(home, row.sha256, row.target_row, row.insname, row.night, form) for row in cursor for form in FORMS}
    stale = [path for path in (home.root / "cache/plots").glob("??/*") if path not in wanted]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)
