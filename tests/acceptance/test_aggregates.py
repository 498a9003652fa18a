"""Aggregates over all types of whole numbers, in all formats: PostgreSQL's sums are larger than their columns."""

import io
import json
from typing import Any

import pytest
from astropy.io import fits
from astropy.io.votable import parse as parse_votable

from tests.instances import Instance

#: Columns of smallint, integer and bigint, with and without NULLs and a literal for them, and expressions of them.
SUMMED = (
    "calib_level",
    "quality_level",
    "nb_vis2",
    "nb_stations",
    "id",
    "file_id",
    "nb_vis2 * nb_channels",
    "DISTINCT id",
    "id + 4000000000",
)
QUERY = "SELECT {} FROM oidb.oidb".format(
    ", ".join(
        f"SUM({column}) AS total{number}, AVG({column}) AS middle{number}, COUNT({column}) AS n{number},"
        f" MAX({column}) AS largest{number}"
        for number, column in enumerate(SUMMED)
    )
)


def read(form: str, content: bytes) -> list[Any]:
    """The first row of an answer."""
    if form == "json":
        return list(json.loads(content)["data"][0])
    if form == "csv":
        return [float(value) for value in content.decode().splitlines()[1].split(",")]
    if form == "fits":
        with fits.open(io.BytesIO(content)) as hdus:
            return list(hdus[1].data[0])
    return list(parse_votable(io.BytesIO(content)).get_first_table().array[0])


@pytest.mark.parametrize("form", ["votable", "votable/b2", "votable/td", "csv", "json", "fits"])
def test_aggregates(site: Instance, form: str) -> None:
    with site.get("/tap/sync", {"LANG": "ADQL", "FORMAT": form, "QUERY": QUERY}) as reply:
        content = reply.read()
    found, expected = read(form, content), list(site.sql(QUERY)[0])
    assert len(found) == len(expected) == 4 * len(SUMMED)
    for value, wanted, name in zip(found, expected, site.sql(QUERY)[0]._fields, strict=True):
        if name.startswith("middle"):
            assert float(value) == pytest.approx(float(wanted)), name
        else:
            assert int(value) == int(wanted), name


def test_a_sum_is_exact(site: Instance) -> None:
    """Beyond 2^53 a float would have lost its last digits."""
    query = "SELECT SUM(id - id + 9007199254740993) AS total FROM oidb.oidb WHERE id = 1"
    with site.get("/tap/sync", {"LANG": "ADQL", "FORMAT": "votable", "QUERY": query}) as reply:
        table = parse_votable(io.BytesIO(reply.read())).get_first_table()
    assert table.fields[0].datatype == "long"
    assert int(table.array["total"][0]) == 9007199254740993


@pytest.mark.parametrize("summed", ["quality_level", "id"])
def test_the_sum_of_nothing_is_null(site: Instance, summed: str) -> None:
    query = f"SELECT SUM({summed}) AS total FROM oidb.oidb WHERE id < 0"
    with site.get("/tap/sync", {"LANG": "ADQL", "FORMAT": "votable", "QUERY": query}) as reply:
        table = parse_votable(io.BytesIO(reply.read())).get_first_table()
    assert table.array["total"].mask[0]
