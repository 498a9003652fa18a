"""Tables that people send: CSV of all kinds, VOTables in all serialisations, and everything that is none of them."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from astropy.io.votable import from_table
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.catalogs.sheets import MOST_BYTES, MOST_ROWS, SheetError, read_csv
from ingest.errors import OivoError
from ingest.submission.catalogue import read_sheet, sheets
from ingest.validate.votable import read_votable

ROWS = [
    {"name": "HD 1", "ra": "10.5", "dec": "-5.25", "reason": "binary", "evidence": "seen, twice"},
    {"name": "HD 2", "ra": "20", "dec": "6.5", "reason": "other", "evidence": ""},
]
CSV = 'name,RAJ2000,Dec,Reason,evidence\nHD 1,10.5,-5.25,binary,"seen, twice"\nHD 2,20,6.5,other,\n'


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        f"\ufeff{CSV}",
        CSV.replace("\n", "\r\n"),
        f"# made by hand\n\n{CSV}\n,,,,\n",
        CSV.replace('"seen, twice"', "SEEN").replace(",", ";").replace("SEEN", "seen, twice"),
        CSV.replace('"seen, twice"', "SEEN").replace(",", "\t").replace("SEEN", "seen, twice"),
        CSV.replace("name,RAJ2000", '"Target"," ra_icrs "'),
    ],
)
def test_csv_of_all_kinds(text: str) -> None:
    assert read_sheet(text.encode(), "mine.csv") == ROWS


def test_columns_that_are_no_field_stay() -> None:
    assert read_csv(b"name,My Comment,\nHD 1,x,\n") == [{"name": "HD 1", "my comment": "x"}]
    assert read_csv("id1,UDdiam,e_LDdiam,mu-lambda\nγ Cas,1,2,3\n".encode()) == [
        {"id1": "γ Cas", "ud_diam": "1", "e_ld_diam": "2", "mu_lambda": "3"}
    ]


BAD_CSV = {
    "empty": b"",
    "only a comment": b"# nothing\n",
    "only a header": b"name,ra,dec\n",
    "not UTF-8": "name\né\n".encode("latin-1"),
    "UTF-16": "name\nHD 1\n".encode("utf-16"),
    "NUL": b"name,ra\nHD 1\0,2\n",
    "spreadsheet": b"PK\x03\x04 and so on",
    "FITS": b"SIMPLE  =                    T",
    "PDF": b"%PDF-1.4",
    "gzip": b"\x1f\x8b\x08",
    "short row": b"name,ra,dec\nHD 1,2\n",
    "long row": b"name,ra,dec\nHD 1,2,3,4\n",
    "open quote": b'name,ra\n"HD 1,2\n',
    "two columns of one": b"ra,RAJ2000\n1,2\n",
    "nameless": b",,\n1,2,3\n",
    "many columns": ",".join(f"c{n}" for n in range(500)).encode() + b"\n",
    "endless cell": b"name\n" + b"x" * 200_000 + b"\n",
    "many rows": b"name\n" + b"x\n" * (MOST_ROWS + 1),
    "large": b"name\n" + b"x" * MOST_BYTES,
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_what_is_no_csv(name: str) -> None:
    with pytest.raises(SheetError) as refused:
        read_sheet(BAD_CSV[name], "mine\n.csv")
    assert str(refused.value).startswith("mine") and str(refused.value).isprintable()


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"name,ra\n{text}".encode("utf-8", "replace")))
def test_whatever_is_sent_gives_rows_or_an_error(data: bytes) -> None:
    """VOTables are another process's; what looks like one is given to its reader here."""
    try:
        rows = read_sheet(data) if not sheets._XML.match(data) else read_votable(data)
    except OivoError:
        return
    assert all(isinstance(value, str) for row in rows for value in row.values())


# VOTables


def table() -> Table:
    made = Table(
        {
            "Name": ["HD 1", "HD 2"],
            "RAJ2000": [10.5, 20.0],
            "DEC": np.radians([-5.25, 6.5]),
            "baseline": np.array([13000.0, 1230.0], dtype="f4"),
            "wavelength": np.ma.array([1650.0, 2200.0], mask=[False, True], dtype="f4"),
            "id": [7, 8],
        }
    )
    for name, unit in {"RAJ2000": "deg", "DEC": "rad", "baseline": "cm", "wavelength": "nm"}.items():
        made[name].unit = unit
    return made


def votable(made: Table, form: str = "tabledata") -> bytes:
    out = io.BytesIO()
    from_table(made).to_xml(out, tabledata_format=form)
    return out.getvalue()


@pytest.mark.parametrize("form", ["tabledata", "binary", "binary2"])
def test_votables_in_all_serialisations_and_units(form: str) -> None:
    assert read_votable(votable(table(), form)) == [
        {"name": "HD 1", "ra": "10.5", "dec": "-5.25", "baseline": "130.0", "wavelength": "1.65", "id": "7"},
        {"name": "HD 2", "ra": "20.0", "dec": "6.5", "baseline": "12.3", "wavelength": "", "id": "8"},
    ]


def test_digits_are_those_of_the_precision() -> None:
    made = Table({"ud_diam": np.array([0.01, 3.202], dtype="f4")})
    assert [row["ud_diam"] for row in read_votable(votable(made))] == ["0.01", "3.202"]
    made["ud_diam"].unit = "arcsec"
    assert [row["ud_diam"] for row in read_votable(votable(made))] == ["10.0", "3202.0"]


def test_a_unit_of_something_else_is_refused() -> None:
    made = table()
    made["baseline"].unit = "s"
    with pytest.raises(SheetError, match="'s', which is no m"):
        read_votable(votable(made))


BILLION_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><VOTABLE>&b;</VOTABLE>'
FIELD = '<FIELD name="name" datatype="char" arraysize="*"/>'


def document(inside: str, table: str = "<TABLE>") -> bytes:
    return (
        f'<?xml version="1.0"?><VOTABLE version="1.3"><RESOURCE>{table}{inside}</TABLE></RESOURCE></VOTABLE>'.encode()
    )


HOSTILE = {
    "laughs": BILLION_LAUGHS,
    "file": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><VOTABLE/>',
    "rows": document(f"{FIELD}<DATA><TABLEDATA/></DATA>", '<TABLE nrows="999999999">'),
    "negative rows": document(f"{FIELD}<DATA><TABLEDATA/></DATA>", '<TABLE nrows="-1">'),
    "wide": document('<FIELD name="name" datatype="char" arraysize="999999999"/><DATA><TABLEDATA/></DATA>'),
    "cubes": document('<FIELD name="ra" datatype="double" arraysize="99x99x99"/><DATA><TABLEDATA/></DATA>'),
    "vectors": document(
        '<FIELD name="ra" datatype="double" arraysize="2"/><DATA><TABLEDATA><TR><TD>1 2</TD></TR></TABLEDATA></DATA>'
    ),
    "cut": document(FIELD)[:-30],
    "deep": b"<VOTABLE>" + b"<RESOURCE>" * 500 + b"</RESOURCE>" * 500 + b"</VOTABLE>",
    "no table": b'<VOTABLE version="1.3"><RESOURCE/></VOTABLE>',
    "HTML": b"<html><body>Not found</body></html>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "not XML": b"<<<<",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents(name: str) -> None:
    with pytest.raises(SheetError) as refused:
        read_votable(HOSTILE[name])
    assert len(str(refused.value)) < 400 and str(refused.value).isprintable()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that notes what it is asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/x", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kind", ["BINARY", "BINARY2", "FITS"])
@pytest.mark.parametrize("where", ["", "file:///etc/passwd"])
def test_nothing_is_fetched(listener: tuple[str, list[str]], kind: str, where: str) -> None:
    address, asked = listener
    sent = document(f'{FIELD}<DATA><{kind}><STREAM href="{where or address}"/></{kind}></DATA>')
    with pytest.raises(SheetError, match="elsewhere"):
        read_votable(sent)
    assert asked == []


def test_a_votable_is_read_in_a_process_of_its_own() -> None:
    assert [row["name"] for row in read_sheet(votable(table()), "mine.xml")] == ["HD 1", "HD 2"]
    with pytest.raises(SheetError, match=r"^mine\.xml: has a document type"):
        read_sheet(BILLION_LAUGHS, "mine.xml")


def test_a_process_that_takes_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_LIMITS", sheets.Limits(1000, 20, 1000, memory_bytes=2**20))
    with pytest.raises(SheetError, match="than there is here"):
        read_sheet(votable(table()), "mine.xml")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_votable_gives_rows_or_an_error(data: st.DataObject) -> None:
    whole = bytearray(votable(table(), data.draw(st.sampled_from(["tabledata", "binary", "binary2"]))))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(whole) - 1))
        whole[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    try:
        rows = read_votable(bytes(whole))
    except SheetError:
        return
    assert all(isinstance(value, str) for row in rows for value in row.values())
