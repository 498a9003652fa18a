"""Real files: granules as the reference prints them, number by number."""

import csv
import math
from collections import defaultdict
from dataclasses import astuple

import pytest

from ingest.oifits import Granule, OIFitsFile, granules_of, read_oifits
from ingest.oifits.tsv import HEADER
from tests.unit.oifits.slow import records

#: The reference cannot read this one (TDIM on scalar cells); the slow reading here can.
UNREAD = "MWC275_T4a.oifits"


@pytest.fixture(scope="module")
def files(reference) -> dict[str, tuple[OIFitsFile, list[Granule]]]:
    paths = sorted((reference / "oifits" / "files").iterdir())
    assert paths, "the folder of reference files is empty"
    return {path.name: (oifits := read_oifits(path), granules_of(oifits)) for path in paths}


@pytest.fixture(scope="module")
def expected(reference) -> dict[str, list[list[str]]]:
    lines = defaultdict(list)
    with (reference / "oifits" / "granules.tsv").open(encoding="utf-8", newline="") as stream:
        for line in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            lines[line[0]].append(line[1:])
    assert lines.pop("file") == [list(HEADER[1:])]
    return lines


def same(value: object, text: str) -> bool:
    if isinstance(value, str):
        return value == text
    return value == float(text) or (math.isnan(float(text)) and value != value)


def test_all_numbers_of_all_granules(files, expected):
    wrong = []
    for name, (_, granules) in files.items():
        if name == UNREAD:
            continue
        assert len(granules) == len(expected[name]), name
        for granule, line in zip(granules, expected[name], strict=True):
            values = zip(HEADER[1:], astuple(granule.reference), line, strict=True)
            wrong += [(name, field, value, text) for field, value, text in values if not same(value, text)]
    assert wrong == []


def test_no_expected_file_is_missing(files, expected):
    assert set(expected) <= set(files)


def test_the_file_that_the_reference_cannot_read(files):
    oifits, granules = files[UNREAD]
    assert [granule.reference for granule in granules] != []
    for granule, record in zip(granules, records(oifits.content), strict=True):
        assert astuple(granule.reference) == record
    assert oifits.tables[0].column("TARGET_ID").dim == "(1)"


def test_versions_and_sizes(files, reference):
    with (reference / "oifits" / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["file"]: row for row in csv.DictReader(stream)}
    for name, (oifits, _) in files.items():
        row = rows[name]
        assert (str(oifits.version), oifits.size, oifits.md5) == (row["version"], int(row["size_bytes"]), row["md5"]), (
            name
        )
        if row["prog_id"]:
            assert oifits.facts.progid == row["prog_id"], name


def test_published_values_make_sense(files):
    for name, (_, granules) in files.items():
        for granule in granules:
            if granule.t_exptime is not None:
                assert 0 < granule.t_exptime <= 86400, name
            if granule.flagged_share is not None:
                assert 0 <= granule.flagged_share <= 1, name
            if granule.baseline_max is not None:
                assert 0 < granule.baseline_min <= granule.baseline_max < 1000, name
            assert granule.facility is not None, (name, granule.facility_name)
            assert granule.nb_stations >= len(granule.stations), name
            assert set(granule.bands) or granule.em_min is None, name


def test_rules_hold_where_the_slow_reading_goes(files):
    for name in ("test.fits", "bad_dup_target.fits", "2010-10-eps_Aur-all-avg5.oifits", "bigtest2.fits"):
        oifits, granules = files[name]
        for granule, record in zip(granules, records(oifits.content), strict=True):
            assert all(a == b or (a != a and b != b) for a, b in zip(astuple(granule.reference), record, strict=True))
