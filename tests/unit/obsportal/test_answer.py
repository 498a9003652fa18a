"""Rows of COPY as a VOTable: every text arrives as it was, in any portions."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from obsportal_rd import answer

FIELDS = (answer.Field("a", "unicodeChar", description='less < more & "so"'), answer.Field("b", "double", "m", "x;y"))
#: What PostgreSQL's text may hold and XML, too.
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn"), whitelist_characters="\\\t\n\r"), max_size=30)


def as_copy(text: str) -> bytes:
    """Write a cell as PostgreSQL's COPY does."""
    for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return text.encode()


def told(rows: list[tuple[str, str]], split: int) -> ET.Element:
    blocks: list[bytes] = []
    writer = answer.RowsToXml(blocks.append, answer.head(FIELDS, "2022-01-14 10:40:32+00:00"))
    writer._size = split  # whether the first rows fill a block
    for row in rows:
        writer.write(b"\t".join(map(as_copy, row)) + b"\n")
        writer._size += split
    writer.finish()
    return ET.fromstring(b"".join(blocks))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5), st.sampled_from([0, 1 << 15, 1 << 16]))
def test_texts_arrive(rows: list[tuple[str, str]], split: int) -> None:
    root = told(rows, split)
    cells = [[cell.text or "" for cell in row] for row in root.findall(".//{*}TR")]
    assert cells == [list(row) for row in rows]


def test_what_xml_cannot_hold_is_left_out() -> None:
    blocks: list[bytes] = []
    writer = answer.RowsToXml(blocks.append, answer.head(FIELDS, ""))
    writer.write(b"a\x01b\x1f\x7f\t1\n")
    writer.finish()
    root = ET.fromstring(b"".join(blocks))
    assert [cell.text for cell in root.findall(".//{*}TD")] == ["ab", "1"]


def test_head() -> None:
    root = told([], 0)
    assert [child.tag.partition("}")[2] for child in root] == ["RESOURCE"]
    fields = [field.attrib for field in root.findall(".//{*}FIELD")]
    assert fields[0] == {"ID": "a", "name": "a", "datatype": "unicodeChar", "arraysize": "*"}
    assert fields[1] == {"ID": "b", "name": "b", "datatype": "double", "unit": "m", "ucd": "x;y"}
    assert {param.get("name"): param.get("value") for param in root.findall(".//{*}PARAM")} == {
        "status": "OK",
        "last_mod_date": "2022-01-14 10:40:32+00:00",
    }


@given(st.text())
def test_errors_are_xml(message: str) -> None:
    root = ET.fromstring(answer.error(message))
    (info,) = root.findall(".//{*}INFO")
    assert info.get("value") == "ERROR"
