"""`oivo obsportal parse`: header texts to exposures, without a database."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from ingest.cli.context import printable
from ingest.errors import OivoError
from ingest.eso.baselines import with_baselines
from ingest.eso.exposure import read_frame
from ingest.eso.model import Exposure
from ingest.eso.plain import MAX_BYTES, HeaderError
from ingest.eso.rows import baseline_rows, exposure_row
from ingest.progress import Progress

_STANDARD_INPUT = Path("-")


@click.command("parse")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
def parse(files: tuple[Path, ...]) -> None:
    """Turn header texts into exposures: one JSON object a line.

    A file is the text of a header (a card a line), a page of ESO's header service, or a FITS file; `-` is standard
    input, a folder all files in it and below. Each line has `file`, `exposure` (null with a `reason` for a frame that
    is none), `baselines`, `findings`, `aspro` (what ASPRO2 would object to). Nothing is stored. A file that cannot be
    read gives a line with `error`, and the status is 1.
    """
    failed = False
    paths = list(_files(files))
    with Progress("Parsing", len(paths)) as progress:
        for path in paths:
            row = _parsed(path)
            failed = failed or "error" in row
            progress.clear()
            click.echo(json.dumps(row, allow_nan=False, ensure_ascii=False))
            progress.step(path.name)
    if failed:
        raise click.exceptions.Exit(1)


def _files(given: Iterable[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(below for below in path.rglob("*") if below.is_file())
        else:
            yield path


def _parsed(path: Path) -> dict[str, Any]:
    """The object of one file."""
    row: dict[str, Any] = {"file": printable(str(path))}
    try:
        frame = read_frame(_content(path), name=path.name)
    except OivoError as error:
        return {**row, "error": printable(str(error))}
    if not isinstance(frame, Exposure):
        return {**row, "exposure": None, "reason": frame.reason, "baselines": [], "findings": [], "aspro": []}
    exposure = with_baselines([frame])[0]
    return {
        **row,
        "exposure": exposure_row(exposure),
        "baselines": baseline_rows(exposure),
        "findings": list(exposure.findings),
        "aspro": list(exposure.aspro_log),
    }


def _content(path: Path) -> bytes:
    """The beginning of a file: a header has less than 300 kB, the data of a FITS file behind it are not needed."""
    if path == _STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES)
    if path.exists() and not path.is_file():
        raise HeaderError("not a regular file", place=str(path))
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES)
    except OSError as error:
        raise HeaderError(error.strerror or "cannot be read", place=str(path)) from error
