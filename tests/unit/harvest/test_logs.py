"""Rows of logs: the good ones become exposures, the bad ones say why, nothing crashes."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import OivoError
from ingest.harvest.chara import COLUMNS
from ingest.harvest.logs import BadRow, LogRow, exposure_of, rows_of_log

GOOD = {
    "UT-DATE": "2023-05-02",
    "STAR": "HD 1000",
    "PI": "Smith, J.",
    "PROGRAM": "V42",
    "COMBINER": "MIRCX",
    "TYPE": "OBJ",
    "MJD": "60066.25",
    "FILTER": "H",
    "SCOPES": "S1-E1-W2",
    "B1": "330.5",
    "B2": "221.8",
    "B3": "107.9",
    "T0_OBS": "5.1",
    "T0_500nm": "4.2",
}


def log(*rows):
    stream = StringIO()
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def test_a_line_is_an_exposure():
    (row,) = rows_of_log(log(GOOD))
    exposure = row.exposure
    assert row.source == "chara" and row.record == GOOD
    assert exposure.header_id == "CHARA.MIRCX.2023-05-02T06:00:00.HD_1000"
    assert (exposure.instrument, exposure.mode, exposure.obs_type) == ("MIRCX", "H", "science")
    assert (exposure.mjd_start, exposure.mjd_end) == (60066.25, 60066.25)
    assert (exposure.stations, exposure.pi_coi, exposure.prog_id) == (("S1", "E1", "W2"), "Smith", "V42")
    assert exposure.release_date == datetime(2024, 11, 2, 6, tzinfo=UTC), "18 months"
    assert exposure_of("chara", row.record) == exposure, "it can be made again"


@pytest.mark.parametrize(("kind", "obs_type"), [("CAL1", "calibrator"), ("CAL2", "calibrator"), ("CHK", "calibrator")])
def test_calibrators_are_public_at_once(kind, obs_type):
    (row,) = rows_of_log(log({**GOOD, "TYPE": kind}))
    assert row.exposure.obs_type == obs_type
    assert row.exposure.release_date == datetime(2023, 5, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"TYPE": "SKY"}, "TYPE is 'SKY'"),
        ({"TYPE": ""}, "TYPE is ''"),
        ({"STAR": " "}, "STAR is missing"),
        ({"B1": "0", "B2": "0", "B3": "0"}, "baselines are 0, 0, 0"),
        ({"B1": "-1"}, "baselines are -1"),
        ({"B2": "NaN"}, "B2 is 'NaN'"),
        ({"B3": ""}, "B3 is ''"),
        ({"MJD": "2023-05-02"}, "MJD is '2023-05-02'"),
        ({"MJD": "inf"}, "MJD is 'inf'"),
        ({"MJD": "1"}, "no time of CHARA"),
        ({"COMBINER": "CAMERA"}, "COMBINER 'CAMERA' with FILTER 'H'"),
        ({"FILTER": "Z"}, "COMBINER 'MIRCX' with FILTER 'Z'"),
    ],
)
def test_bad_lines_say_why_and_the_others_go_on(change, problem):
    first, bad, last = rows_of_log(log(GOOD, {**GOOD, **change}, {**GOOD, "STAR": "HD 2000"}))
    assert isinstance(first, LogRow) and isinstance(last, LogRow)
    assert bad == BadRow("line 3", bad.problem)
    assert problem in bad.problem


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "<VOTABLE>", "<html/>", "\0\1\2"])
def test_what_is_no_log_is_refused(text):
    with pytest.raises(OivoError):
        list(rows_of_log(text))


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=20)))
def test_no_line_crashes(values):
    for row in rows_of_log(log({**GOOD, **values})):
        assert isinstance(row, (LogRow, BadRow))
