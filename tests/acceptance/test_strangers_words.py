"""Words of strangers, in queries and uploads, are data: not Python, not SQL, not HTML; and they come back unchanged."""

import io
import json
import re
from typing import Any
from urllib.error import HTTPError

import pytest
import requests
from astropy.io import votable

from tests.instances import Instance

#: Labels that would change the answer, or the process, if they were source.
LABELS = [
    "n'+coding.__name__+'m",
    'n"+coding.__name__+"m',
    "'''+str(1/0)+'''",
    "a\\'+__import__('os').getcwd()+\\'b",
    "{0.__class__}",
    "%(a)s %s %d %",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;",
    "a]]>b",
    "row['x'] = 1; #",
    "V (mag) [α] – é",
    "lambda: 0",
    "None",
    "class",
]
FORMATS = ["votable", "votable/td", "votable/b2", "csv", "tsv", "json", "html", "fits"]
#: Each would be run as SQL if it reached the database as it is; the second half are no types at all.
ARRAYSIZES = [
    "1]); SELECT pg_sleep(4); --",
    "1] DEFAULT (SELECT 1) CHECK (a[1",
    "*]); DROP TABLE x; --",
    "1\n]); --",
    "-1",
    "1e3",
    "٣",
    "3x",
    "99999999999999",
    "",
]
DATATYPES = ["int); SELECT 1; --", "integer", "INT", "char[] DEFAULT 'x", "", "text"]


def _query(site: Instance, label: str, form: str) -> requests.Response:
    escaped = label.replace('"', '""')
    return requests.post(
        f"{site.tap}/sync",
        data={
            "LANG": "ADQL",
            "FORMAT": form,
            "QUERY": f'SELECT COUNT(*)*100000000 AS "{escaped}" FROM tap_schema.schemas',
        },
        timeout=60,
    )


def _label(reply: requests.Response, form: str) -> str:
    """Return how the only column of an answer is called, as a program reads it."""
    if form.startswith("votable"):
        field = votable.parse(io.BytesIO(reply.content), verify="ignore").get_first_table().fields[0]
        return str(field.name)
    if form == "json":
        return str(json.loads(reply.text)["columns"][0]["name"])
    return ""


def _assert_refused(reply: requests.Response) -> None:
    """TAP tells a mistake in its document (DALI 1.1, section 4.2); the status need not be one of an error."""
    assert re.search(r'<INFO name="QUERY_STATUS" value="ERROR">', reply.text), reply.text[:1000]
    assert "Traceback" not in reply.text and "<TABLEDATA" not in reply.text


@pytest.mark.parametrize("form", FORMATS)
def test_a_label_is_never_source(site: Instance, form: str) -> None:
    for label in LABELS:
        reply = _query(site, label, form)
        assert reply.status_code == 200, (label, reply.text[:500])
        assert "votable.coding" not in reply.text, label
        if form in ("votable", "votable/td", "json"):
            assert _label(reply, form) == label
        if form == "html":
            assert "<script>alert" not in reply.text and "<img src=x" not in reply.text, label


def test_an_overflow_names_the_column_as_it_was_called(site: Instance) -> None:
    query = "SELECT MAX(CAST(nb_vis2 AS INTEGER))*1000000 AS \"n'+coding.__name__+'m\" FROM oidb.oidb"
    reply = requests.get(f"{site.tap}/sync", {"LANG": "ADQL", "QUERY": query}, timeout=60)
    assert "ngavo" not in reply.text and "codingm" not in reply.text


@pytest.mark.parametrize("query", ["JUST HANG around", "MESSILY CRASH"])
def test_words_of_test_code_are_no_queries(site: Instance, query: str) -> None:
    reply = requests.get(f"{site.tap}/sync", {"LANG": "ADQL", "QUERY": query}, timeout=30)
    _assert_refused(reply)


def _table(**attributes: str) -> bytes:
    values = "".join(f' {name}="{_escaped(value)}"' for name, value in {"name": "a", **attributes}.items())
    return (
        '<?xml version="1.0"?><VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>'
        f"<FIELD{values}/><DATA><TABLEDATA><TR><TD>1</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\n", "&#10;")


def _upload(site: Instance, table: bytes, query: str = "SELECT * FROM tap_upload.t") -> requests.Response:
    return requests.post(
        f"{site.tap}/sync",
        data={"LANG": "ADQL", "QUERY": query, "UPLOAD": "t,param:x", "FORMAT": "votable/td"},
        files={"x": ("x.vot", table)},
        timeout=60,
    )


@pytest.mark.parametrize("arraysize", ARRAYSIZES[:-1])
def test_an_arraysize_is_never_sql(site: Instance, arraysize: str) -> None:
    reply = _upload(site, _table(datatype="int", arraysize=arraysize))
    _assert_refused(reply)
    assert "arraysize" in reply.text


@pytest.mark.parametrize("datatype", DATATYPES)
def test_a_datatype_is_never_sql(site: Instance, datatype: str) -> None:
    reply = _upload(site, _table(datatype=datatype))
    _assert_refused(reply)


@pytest.mark.parametrize("null", ["1'+coding.__name__+'", '"+str(1/0)+"', "__import__('os').getpid()", "x"])
def test_a_null_value_is_never_source(site: Instance, null: str) -> None:
    table = _table(datatype="int").replace(b"/><DATA>", f'><VALUES null="{_escaped(null)}"/></FIELD><DATA>'.encode())
    reply = _upload(site, table)
    _assert_refused(reply)


@pytest.mark.parametrize("label", [label for label in LABELS if "%" not in label])
def test_columns_of_uploads_keep_their_names(site: Instance, label: str) -> None:
    reply = _upload(site, _table(name=label, datatype="int"))
    assert reply.status_code == 200, (label, reply.text[:500])
    table = votable.parse(io.BytesIO(reply.content), verify="ignore").get_first_table()
    assert str(table.fields[0].name).lower().rstrip("_") == label.lower()
    assert [int(row[0]) for row in table.array] == [1]


@pytest.mark.parametrize("name", ["a%b", "%(a)s", "a)b", "a(b", "a" * 64, "a\u0001b"])
def test_names_that_sql_cannot_carry_are_refused_in_words(site: Instance, name: str) -> None:
    reply = _upload(site, _table(name=name, datatype="int"))
    _assert_refused(reply)


def test_every_usual_type_is_taken(site: Instance) -> None:
    fields: list[tuple[str, Any, str]] = [
        ("short", None, "1"),
        ("int", "3", "1 2 3"),
        ("int", "*", "1 2"),
        ("long", "8*", "1 2"),
        ("float", None, "1.5"),
        ("double", "2*", "1.5 2.5"),
        ("char", "*", "text"),
        ("char", "12", "text"),
        ("unicodeChar", "*", "é"),
        ("boolean", None, "T"),
        ("unsignedByte", None, "7"),
    ]
    columns = "".join(
        f'<FIELD name="c{number}" datatype="{kind}"{f" arraysize={chr(34)}{size}{chr(34)}" if size else ""}/>'
        for number, (kind, size, _) in enumerate(fields)
    )
    cells = "".join(f"<TD>{value}</TD>" for *_, value in fields)
    rows = f"<DATA><TABLEDATA><TR>{cells}</TR></TABLEDATA></DATA>"
    table = f"<VOTABLE><RESOURCE><TABLE>{columns}{rows}</TABLE></RESOURCE></VOTABLE>"
    reply = _upload(site, table.encode())
    assert reply.status_code == 200, reply.text[:500]
    assert "1.5" in reply.text and "é" in reply.content.decode()


def test_pages_of_forms_show_labels_as_text(site: Instance) -> None:
    try:
        with site.get(
            "/__system__/adql/query/form",
            {
                "__nevow_form__": "genForm",
                "query": 'SELECT schema_name AS "<script>alert(1)</script>" FROM tap_schema.schemas',
                "_FORMAT": "HTML",
                "submit": "Go",
            },
        ) as reply:
            assert "<script>alert" not in reply.read().decode()
    except HTTPError as error:
        assert error.code in (401, 403, 404)
