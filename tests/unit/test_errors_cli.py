"""The command line, in this process: one line for each mistake, and the right status."""

import gzip
import logging
import math
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from ingest import __version__
from ingest.archive.connection import Archive
from ingest.archive.files import LONGEST_NAME, read_upload
from ingest.cli import main
from ingest.cli.context import complain, printable
from ingest.demo import survey
from ingest.errors import MisuseError, OivoError
from tests.build import oifits
from tests.instances import PYTHON

ROOT = Path(__file__).resolve().parents[2]
BAD, MISUSE = 1, 2


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


@pytest.fixture
def oivo(home, capsys, monkeypatch):
    """Run `oivo ARGUMENTS` on a home in which nothing runs."""
    monkeypatch.setattr("ingest.cli.context.drop_privileges", lambda home: None)
    monkeypatch.setattr("ingest.cli.instance.drop_privileges", lambda home: None)

    def run(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(["--home", str(home.root), *map(str, arguments)])
        said = capsys.readouterr()
        return Said(stopped.value.code, said.out, said.err)

    yield run
    logger = logging.getLogger("oivo")
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
        handler.close()
    logger.addHandler(logging.NullHandler())


@pytest.fixture
def instance(home):
    """A home that was started once, and is down."""
    home.settings_file.write_text("")
    return home


def is_one_line(said, status, *words):
    assert said.status == status, said
    assert said.err.count("\n") == 1 and said.err.startswith("oivo: ") and "Traceback" not in said.err, said.err
    assert "defect" not in said.err
    missing = [word for word in words if word not in said.err]
    assert not missing, said.err


# Files


def no_permission(path):
    path.write_bytes(oifits.plain())
    path.chmod(0)


BAD_FILES = {
    "no such file": (lambda path: None, "No such file"),
    "a directory": (Path.mkdir, "is a directory"),
    "a pipe": (os.mkfifo, "not a regular file"),
    "empty": (lambda path: path.write_bytes(b""), "FITS"),
    "text": (lambda path: path.write_text("SIMPLE, but text\n" * 500), "FITS"),
    "cut in a header": (lambda path: path.write_bytes(oifits.plain()[:4000]), "ends inside a header"),
    "cut in the data": (lambda path: path.write_bytes(oifits.plain()[:-2880]), "truncated"),
    "cut gzip": (lambda path: path.write_bytes(gzip.compress(oifits.plain())[:-9]), "gzip"),
    "a picture": (lambda path: fits.PrimaryHDU(np.zeros((9, 9))).writeto(path), ""),
    "no permission": (no_permission, "Permission denied"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_file(oivo, tmp_path, kind):
    if kind == "no permission" and os.geteuid() == 0:
        pytest.skip("root may read every file")
    make, said = BAD_FILES[kind]
    path = tmp_path / "bad.fits"
    make(path)
    is_one_line(oivo("oidb", "granules", path), BAD, "bad.fits", said)


def test_bad_files_do_not_hide_good_ones(oivo, tmp_path):
    good, bad = tmp_path / "good.fits", tmp_path / "bad.fits"
    good.write_bytes(oifits.plain())
    bad.write_bytes(b"")
    said = oivo("oidb", "granules", bad, good, tmp_path / "none.fits")
    assert said.status == BAD
    assert [line.split("\t")[0] for line in said.out.splitlines()] == ["file", "good.fits"]
    assert [line.split()[1] for line in said.err.splitlines()] == ["bad.fits:", "none.fits:"]


@pytest.mark.parametrize("name", ["a\nb.fits", "a\tb.fits", "a\033[2J.fits", "caf\udce9.fits", "é.fits", "-x.fits"])
def test_odd_file_names_break_no_line(oivo, tmp_path, name):
    (tmp_path / name).write_bytes(oifits.plain())
    said = oivo("oidb", "granules", tmp_path / name)
    assert said.status == 0, said
    header, row = said.out.splitlines()
    assert len(row.split("\t")) == len(header.split("\t"))
    assert row.split("\t")[0] == printable(name) and "\033" not in said.out
    (tmp_path / name).write_bytes(b"")
    is_one_line(oivo("oidb", "granules", tmp_path / name), BAD)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\nb", "a\0b", "\x85", "caf\udce9", "x" * (LONGEST_NAME + 1)])
def test_names_that_a_collection_cannot_have(name):
    with pytest.raises(OivoError, match="cannot be a file's name"):
        read_upload(name, oifits.plain(), 10**6)


def test_longest_name():
    assert read_upload("é" * LONGEST_NAME, oifits.plain(), 10**6).granules


# Options and instances

MISUSES = {
    "unknown command": (["nothing"], "No such command 'nothing'", "oivo --help"),
    "unknown option": (["--nothing"], "No such option", "--nothing"),
    "unknown option of a command": (["oidb", "add", "--nothing"], "No such option", "oivo oidb add --help"),
    "no file": (["oidb", "granules"], "Missing argument", "FILE"),
    "no collection": (["oidb", "add", "x.fits", "--level", "2"], "Missing option '--collection'", "oidb add --help"),
    "no level": (["oidb", "add", "x.fits", "--collection", "c"], "Missing option '--level'"),
    "level 0": (["oidb", "add", "x.fits", "--collection", "c", "--level", "0"], "'--level'", "0 is not"),
    "level 4": (["oidb", "add", "x.fits", "--collection", "c", "--level", "4"], "'--level'", "4 is not"),
    "level in words": (["oidb", "add", "x.fits", "--collection", "c", "--level", "two"], "'--level'", "'two'"),
    "workers": (["up", "--workers", "0"], "'--workers'"),
    "no title": (["oidb", "create-collection", "c"], "Missing option '--title'"),
    "bad kind": (["oidb", "create-collection", "c", "--title", "t", "--kind", "x"], "'x' is not one of", "'suv'"),
    "bad id": (["oidb", "create-collection", "../c", "--title", "t"], "'../c' cannot identify", "use letters"),
    "bad date": (["oidb", "create-collection", "c", "--title", "t", "--release-date", "soon"], "'soon'", "2027-03-31"),
    "bad bibcode": (["oidb", "create-collection", "c", "--title", "t", "--bibcode", "x"], "19 characters"),
    "no job": (["jobs", "run"], "Missing argument 'JOB'"),
    "unknown job": (["jobs", "run", "nothing"], "'nothing'", "acl, backup, dois, obsportal"),
    "too many arguments": (["down", "x"], "unexpected extra argument"),
    "no dump": (["restore", "/nonexistent.dump"], "/nonexistent.dump", "backups"),
}


@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize(("arguments", "words"), [(case[0], case[1:]) for case in MISUSES.values()], ids=MISUSES)
def test_misuse(oivo, arguments, words):
    is_one_line(oivo(*arguments), MISUSE, *words)


NEED_AN_INSTANCE = [
    ["down"], ["status"], ["jobs", "list"], ["jobs", "run", "backup"], ["oidb", "reread"], ["restore", "x.dump"],
    ["oidb", "create-collection", "c", "--title", "t"], ["oidb", "add", "x.fits", "--collection", "c", "--level", "2"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", NEED_AN_INSTANCE, ids=" ".join)
def test_no_instance(oivo, home, arguments):
    is_one_line(oivo(*arguments), MISUSE, str(home.root), "there is no instance yet", "./oivo up")


@pytest.mark.usefixtures("instance")
@pytest.mark.parametrize(
    "arguments", [case for case in NEED_AN_INSTANCE if case[0] in ("jobs", "oidb")], ids=" ".join
)  # fmt: skip
def test_database_is_down(oivo, home, arguments):
    is_one_line(oivo(*arguments), BAD, str(home.root), "the database is not running", "./oivo up --detach")


@pytest.mark.usefixtures("instance")
def test_unknown_collection(oivo, monkeypatch):
    class Cursor:
        def execute(self, query, parameters=None): ...
        def fetchone(self): ...
        def fetchall(self):
            return []

    @contextmanager
    def transaction(self):
        yield Cursor()

    monkeypatch.setattr(Archive, "transaction", transaction)
    said = oivo("oidb", "add", "x.fits", "--collection", "nothing", "--level", "2")
    is_one_line(said, BAD, "there is no collection 'nothing'", "create-collection")


def test_home_is_a_file(oivo, tmp_path):
    (tmp_path / "file").write_text("")
    is_one_line(oivo("--home", tmp_path / "file", "status"), MISUSE, "'--home'", "is a file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
@pytest.mark.parametrize("command", ["status", "up"])
def test_home_of_somebody_else(oivo, tmp_path, command):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    is_one_line(oivo("--home", closed / "home", command), BAD, str(closed), "Permission denied")
    closed.chmod(0o700)


@pytest.mark.parametrize("line", ["port = 'x'", "prt = 1", "= 1"])
def test_a_mistake_in_the_settings(oivo, instance, line):
    instance.settings_file.write_text(f"[server]\n{line}\n")
    is_one_line(oivo("up"), MISUSE, str(instance.settings_file))
    assert not instance.cluster.exists()


# Help, debugging, defects


@pytest.mark.parametrize("arguments", [[], ["oidb"], ["jobs"]], ids=str)
def test_no_arguments_show_the_help(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    said = capsys.readouterr()
    assert stopped.value.code in (0, MISUSE)  # click 8.2 and later call this misuse
    assert (said.out + said.err).startswith(" ".join(["Usage: oivo", *arguments]))


def test_version(oivo):
    assert oivo("--version") == Said(0, f"oivo, version {__version__}\n", "")


@pytest.mark.parametrize("wanted", ["--debug", "OIVO_DEBUG"])
def test_debug_shows_the_traceback(oivo, monkeypatch, wanted):
    if wanted == "OIVO_DEBUG":
        monkeypatch.setenv(wanted, "1")
    said = oivo(*[wanted] * (wanted == "--debug"), "status")
    assert said.status == MISUSE
    assert said.err.startswith("Traceback (most recent call last)")
    assert said.err.splitlines()[-1].endswith("there is no instance yet (start one: ./oivo up)")


def test_a_defect_is_one_line_and_in_the_log(oivo, instance, monkeypatch):
    def broken(archive):
        raise ZeroDivisionError("two\nlines\033[2J")

    monkeypatch.setattr(Archive, "transaction", broken)
    said = oivo("jobs", "list")
    assert (said.status, said.out) == (BAD, "")
    assert said.err.startswith("oivo: ZeroDivisionError: two lines\\x1b[2J (a defect of oivo: ")
    assert said.err.count("\n") == 1
    assert "ZeroDivisionError" in (instance.logs / "oivo.log").read_text()
    assert "Traceback" in oivo("--debug", "jobs", "list").err


def test_interrupted(oivo, instance, monkeypatch):
    def interrupt(archive):
        raise KeyboardInterrupt

    monkeypatch.setattr(Archive, "transaction", interrupt)
    said = oivo("jobs", "list")
    assert said.status == 130
    assert said.err.strip() == "oivo: interrupted; call again to go on"


def test_as_a_program(tmp_path):
    """Once through the door that users take: nothing is on standard output but the answer, no traceback anywhere."""
    done = subprocess.run(
        [PYTHON, "-m", "ingest", "oidb", "granules", "none.fits"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OIVO_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == BAD
    assert done.stdout.startswith("file\ttarget_name\t") and done.stdout.count("\n") == 1
    assert done.stderr == "oivo: none.fits: cannot be read: No such file or directory\n"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OivoError("p"), "p"),
        (OivoError("p", place="x"), "x: p"),
        (OivoError("p", remedy="do"), "p (do)"),
        (MisuseError("p", place="x", remedy="do"), "x: p (do)"),
    ],
)
def test_words_of_an_error(error, text, capsys):
    assert str(error) == text
    complain(error)
    assert capsys.readouterr().err == f"oivo: {text}\n"


# What `granules` prints, against what astropy reads


def simple_file():
    """The first file of the simulated survey with one target, one instrument table and one data table of each kind."""
    for file in survey(date(2026, 3, 1)):
        data = gzip.decompress(file.data) if file.name.endswith(".gz") else file.data
        with fits.open(BytesIO(data)) as hdus:
            names = [hdu.name for hdu in hdus]
            if names.count("OI_WAVELENGTH") == 1 and len(hdus["OI_TARGET"].data) == 1 and "OI_T3" in names:
                return file, data
    raise AssertionError("the survey has no simple file")


def test_granules_are_what_astropy_reads(oivo, tmp_path):
    file, data = simple_file()
    (tmp_path / file.name).write_bytes(file.data)
    said = oivo("oidb", "granules", tmp_path / file.name)
    assert (said.status, said.err) == (0, "")
    header, *rows = (line.split("\t") for line in said.out.splitlines())
    granules = [dict(zip(header, row, strict=True)) for row in rows]
    with fits.open(BytesIO(data)) as hdus:
        target, wave = hdus["OI_TARGET"].data[0], hdus["OI_WAVELENGTH"].data
        tables = [hdu for hdu in hdus if hdu.name in ("OI_VIS", "OI_VIS2", "OI_T3")]
        mjd = np.concatenate([table.data["MJD"] for table in tables])
        rows_of = {name: sum(len(table.data) for table in tables if table.name == name) for name in
                   ("OI_VIS", "OI_VIS2", "OI_T3")}  # fmt: skip
        nights = len({math.floor(moment) for moment in mjd})
        wavelengths = wave["EFF_WAVE"].astype(float)
        insname = hdus["OI_WAVELENGTH"].header["INSNAME"]
    assert 1 <= len(granules) <= nights
    for granule in granules:
        assert granule["file"] == file.name
        assert granule["target_name"] == target["TARGET"].strip()
        assert float(granule["s_ra"]) == target["RAEP0"] and float(granule["s_dec"]) == target["DECEP0"]
        assert float(granule["em_min"]) == wavelengths.min() and float(granule["em_max"]) == wavelengths.max()
        assert int(granule["nb_channels"]) == len(wavelengths)
        assert granule["instrument_name"] == insname
    assert min(float(granule["t_min"]) for granule in granules) == mjd.min()
    assert max(float(granule["t_max"]) for granule in granules) == mjd.max()
    for column, name in (("nb_vis", "OI_VIS"), ("nb_vis2", "OI_VIS2"), ("nb_t3", "OI_T3")):
        assert sum(int(granule[column]) for granule in granules) == rows_of[name]
