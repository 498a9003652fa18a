"""The tables of the standard as data."""

import pytest

from ingest.oifits.fits import ELEMENT_BYTES
from ingest.oifits.standard import DATA_TABLES, NWAVE, PRIMARY, TABLES


def test_tables():
    assert len(TABLES) == 9
    assert set(DATA_TABLES) < set(TABLES)
    assert sum(len(rule.columns) for rule in TABLES.values()) == 95


@pytest.mark.parametrize("rule", TABLES.values(), ids=TABLES.keys())
def test_rules_are_sound(rule):
    names = [column.name for column in rule.columns]
    assert len(names) == len(set(names))
    assert all(column.letter in ELEMENT_BYTES and column.since in (1, 2) for column in rule.columns)
    assert len({keyword.name for keyword in rule.keywords}) == len(rule.keywords)
    assert rule.column("NOPE") is None


def test_a_column():
    column = TABLES["OI_VIS2"].column("VIS2DATA")
    assert (column.letter, column.repeat, column.unit, column.optional) == ("D", NWAVE, "", False)
    assert TABLES["OI_VIS"].column("VISAMP").optional_in_2


def test_the_primary_header_of_version_2():
    assert len(PRIMARY) == 34
    mandatory = {keyword.name for keyword in PRIMARY if not keyword.optional}
    assert mandatory == {"ORIGIN", "DATE", "CONTENT", "TELESCOP", "INSTRUME", "OBSERVER", "INSMODE", "OBJECT"}
