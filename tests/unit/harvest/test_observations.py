"""What belongs to one observation, and which columns an exposure has."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from ingest.archive import exposures
from ingest.archive.exposures import exposure_rows, observation_key
from ingest.eso.baselines import aspro_text
from ingest.eso.model import Exposure, ProjectedBaseline

BASE = Exposure(
    exp_id="PIONI.2014-09-25T01:02:03.456_1",
    header_id="PIONI.2014-09-25T01:02:03.456",
    interferometer="VLTI",
    instrument="PIONIER",
    mode=None,
    submode=None,
    em_min=None,
    em_max=None,
    em_res_power=None,
    obs_type="science",
    mjd_start=56925.04,
    mjd_end=56925.05,
    prog_id="094.C-0001(A)",
    ob_id=200300400,
    tpl_start=datetime(2014, 9, 25, 1, 0, tzinfo=UTC),
    ob_start=datetime(2014, 9, 25, 0, 50, tzinfo=UTC),
    raw_target="HD 1000",
)
LOG = replace(BASE, ob_id=None, tpl_start=None, ob_start=None, interferometer="CHARA")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (BASE, replace(BASE, mjd_start=56926.5, tpl_start=None), True),
        (BASE, replace(BASE, ob_id=200300401), False),
        (BASE, replace(BASE, prog_id="095.C-0001(A)"), False),
        (replace(BASE, ob_id=None), replace(BASE, ob_id=None, mjd_start=1.0), True),
        (replace(BASE, ob_id=-1), replace(BASE, ob_id=-1, tpl_start=datetime(2014, 9, 25, 2, tzinfo=UTC)), False),
        (replace(BASE, ob_id=-1, tpl_start=None), replace(BASE, ob_id=None, tpl_start=None), True),
        (LOG, replace(LOG, mjd_start=LOG.mjd_start + 0.1), True),
        (LOG, replace(LOG, raw_target="HD 2000"), False),
        (LOG, replace(LOG, mjd_start=LOG.mjd_start + 1.2), False),
    ],
)
def test_exposures_of_one_observation(one, other, together):
    assert (observation_key(one) == observation_key(other)) == together


def test_every_attribute_of_an_exposure_is_kept_or_named_as_not():
    kept = set(exposures._STAGED) | exposures._NOT_COLUMNS
    assert {field.name for field in fields(Exposure)} <= kept
    assert len(exposures._STAGED) == len(set(exposures._STAGED))


def test_lines_have_all_columns_whatever_the_header_said():
    odd = replace(
        BASE,
        raw_target="tab\there \\ \0",
        ndit=2**40,
        ob_id=2**70,
        seeing=float("nan"),
        findings=("a\nb",),
        baselines=(ProjectedBaseline("A0", "B2", 3.0, 4.0, 6.0, 8.0), ProjectedBaseline("A0", "C1")),
    )
    rows = exposure_rows([("disk", BASE), ("eso", odd)], aspro_text)
    lines = rows.exposures.decode().splitlines()
    assert rows.count == 2 and rows.sources == ("eso",)
    values = [dict(zip(exposures._STAGED, line.split("\t"), strict=True)) for line in lines]
    assert values[0]["ob_id"] == "200300400" and values[1]["ob_id"] == values[1]["ndit"] == values[1]["seeing"] == "\\N"
    assert (values[1]["baseline_min"], values[1]["baseline_max"]) == ("5.0", "10.0")
    assert len(rows.baselines.decode().splitlines()) == 2
