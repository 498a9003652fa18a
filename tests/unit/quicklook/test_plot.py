"""`oivo oidb plot`."""

import pytest

from ingest.cli import main
from tests.build.oifits import data, file, plain, target, wavelength


@pytest.fixture
def oivo(tmp_path, capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(["--home", str(tmp_path / "home"), "oidb", "plot", *map(str, arguments)])
        said = capsys.readouterr()
        return stopped.value.code, said.out, said.err

    return run


def test_a_sheet_of_each_granule(oivo, tmp_path):
    path = tmp_path / "two.fits"
    path.write_bytes(file(target(("a", "b")), wavelength(), data(mjd=(55000.1, 55000.2), target_id=(1, 2))))
    assert oivo(path, "--out", tmp_path / "new" / "plots") == (0, "2 sheets drawn.\n", "")
    sheets = [tmp_path / "new" / "plots" / f"two.fits_granule{n}.png" for n in (1, 2)]
    assert [sheet.read_bytes()[1:4] for sheet in sheets] == [b"PNG", b"PNG"]
    assert oivo(path, "--out", tmp_path, "--format", "svg") == (0, "2 sheets drawn.\n", "")
    assert (tmp_path / "two.fits_granule2.svg").read_bytes().startswith(b"<?xml")


def test_bad_files_are_named_in_one_line_each(oivo, tmp_path):
    names = ("good.fits", "bad.fits", "none.fits")
    for name, content in zip(names, (plain(), b"junk", file(target(), wavelength())), strict=True):
        (tmp_path / name).write_bytes(content)
    status, out, err = oivo(*(tmp_path / name for name in names), tmp_path / "missing.fits", "--out", tmp_path)
    assert (status, out) == (1, "1 sheet drawn.\n")
    assert [line.split(":")[1].strip() for line in err.splitlines()] == ["bad.fits", "none.fits", "missing.fits"]


def test_two_files_of_one_name(oivo, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.fits").write_bytes(plain())
    status, _, err = oivo(tmp_path / "a" / "x.fits", tmp_path / "b" / "x.fits", "--out", tmp_path)
    assert status == 1 and "another file of this name was drawn" in err


def test_a_folder_that_cannot_be_made(oivo, tmp_path):
    (tmp_path / "x.fits").write_bytes(plain())
    status, _, err = oivo(tmp_path / "x.fits", "--out", tmp_path / "x.fits" / "below")
    assert status == 1 and "cannot be written: Not a directory" in err and err.count("\n") == 1


def test_misuse(oivo, tmp_path):
    assert oivo(tmp_path / "x.fits")[0] == 2
