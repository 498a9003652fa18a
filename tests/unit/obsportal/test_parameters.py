"""Parameters of searches: what they mean, and that nothing in them breaks the reader."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obsportal_rd.adql import adql_of
from obsportal_rd.parameters import ParameterError, Parameters, query_of

NAMES = (
    *("ra", "dec", "radius", "date_from", "date_to", "instrument", "instrument_mode", "instrument_submode"),
    *("interferometer", "program_id", "stations", "obs_type", "valid", "date_updated_from", "date_updated_to"),
    *("target_id", "obs_id"),
)


def of(**values: str) -> Parameters:
    return Parameters({name: [value] for name, value in values.items()})


def test_cone() -> None:
    query = query_of(of(ra="-1.0E-4", dec="-43.76717", radius="30.0"))
    (cone,) = query.cones
    assert cone.ra == pytest.approx(359.9999)
    assert (cone.dec, cone.radius) == (-43.76717, 30 / 3600)
    assert query_of(of(ra="0", dec="0")).cones[0].radius == 30 / 3600
    assert query_of(of(radius="5")).cones == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-01-01T00:00:00+00:00", datetime(2022, 1, 1, tzinfo=UTC)),
        ("2022-01-01T00:00:00 00:00", datetime(2022, 1, 1, tzinfo=UTC)),
        ("2022-01-01T00:00:00Z", datetime(2022, 1, 1, tzinfo=UTC)),
        ("2022-01-01 00:00:00+00:00", datetime(2022, 1, 1, tzinfo=UTC)),
        ("2022-01-01T02:00:00 02:00", datetime(2022, 1, 1, tzinfo=UTC)),
        ("2022-01-01T02:00:00+0200", datetime(2022, 1, 1, tzinfo=UTC)),
        ("2021-12-31T22:30-01:30", datetime(2022, 1, 1, tzinfo=UTC)),
        ("2022-01-01T00:00:00.250", datetime(2022, 1, 1, microsecond=250000, tzinfo=UTC)),
        ("2022-01-01", datetime(2022, 1, 1, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert of(date_from=text).moment("date_from") == moment


def test_a_day_at_the_end_is_whole() -> None:
    assert of(date_to="2022-01-01").moment("date_to", at_end=True) == datetime(2022, 1, 2, tzinfo=UTC)
    assert query_of(of(date_from="1858-11-17", date_to="1858-11-18")).observed_to == 2.0


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01T00:00:00+01:00", "2022-02-30", "2022", "2022-01-01T25:00"])
def test_moments_that_are_none(text: str) -> None:
    with pytest.raises(ParameterError):
        of(date_to=text).moment("date_to", at_end=True)


def test_stations_are_those_of_headers() -> None:
    assert query_of(of(stations="UT1, ut4-A0  U1")).stations == ("U1", "U4", "A0")


def test_targets() -> None:
    assert query_of(of(target_id="5,7,5")).target_ids == (5, 7)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(), max_size=3)))
def test_reader_never_crashes(arguments: dict[str, list[str]]) -> None:
    try:
        query = query_of(Parameters(arguments))
    except ParameterError as error:
        assert error.name in NAMES
        return
    adql = adql_of(query)
    # quotes of texts are doubled: what is left after taking them off has none
    assert adql.count("'") % 2 == 0


@given(st.lists(st.sampled_from(["1", "-1", "+.5", "1e3", "1E-4", "nan", "inf", "0x1", "1_0", " 7 ", "१"]), max_size=2))
def test_numbers_are_finite(values: list[str]) -> None:
    try:
        number = Parameters({"radius": values}).number("radius")
    except ParameterError:
        return
    assert number is None or abs(number) < 1e300
