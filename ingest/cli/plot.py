"""`oivo oidb plot`: quick-look sheets of OIFITS files."""

from pathlib import Path

import click

from ingest.cli.context import complain
from ingest.errors import OivoError
from ingest.oifits import granules_of, read_oifits, why_no_granules
from ingest.progress import Progress


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the sheets; it is made if it is not there.",
)
@click.option(
    "--format", "form", type=click.Choice(["png", "svg"]), default="png", show_default=True, help="Form of the sheets."
)
def plot(files: tuple[Path, ...], folder: Path, form: str) -> None:
    """Draw a plot sheet of each granule of OIFITS files.

    A sheet shows the uv plane, squared visibilities, closure phases and spectra; flagged points are left out. It is
    called FILE_granuleN.png, N counted from 1 in the order of `oivo oidb granules`. Files that cannot be read are named
    on standard error, and the status is then 1.
    """
    drawn: set[Path] = set()
    refused = 0
    with Progress("Drawing", len(files)) as progress:
        for path in files:
            try:
                _draw_file(path, folder, form, drawn)
            except OivoError as error:
                refused += 1
                progress.clear()
                complain(error)
            progress.step(path.name)
    click.echo(f"{len(drawn)} sheet{'s' * (len(drawn) != 1)} drawn.")
    if refused:
        raise click.exceptions.Exit(1)


def _draw_file(path: Path, folder: Path, form: str, drawn: set[Path]) -> None:
    """Draw the sheets of one file and note their paths."""
    from ingest.quicklook import draw  # matplotlib takes 0.3 s, which no other command has to wait for

    oifits = read_oifits(path)
    granules = granules_of(oifits)
    if not granules:
        raise OivoError(why_no_granules(oifits), place=path.name)
    for number, granule in enumerate(granules, 1):
        sheet = folder / f"{path.name}_granule{number}.{form}"
        if sheet in drawn:
            raise OivoError("another file of this name was drawn", place=str(path), remedy="use another --out")
        content = draw(oifits, granule, "svg" if form == "svg" else "png")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            sheet.write_bytes(content)
        except OSError as error:
            raise OivoError(f"cannot be written: {error.strerror}", place=str(sheet)) from error
        drawn.add(sheet)
