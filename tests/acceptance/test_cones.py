"""Cones in ADQL, in SCS and in matches of uploads, against a brute-force search in numpy over all rows."""

from typing import Any

import numpy as np
import pytest
from astropy.table import Table
from pyvo import DALQueryError

from tests.acceptance.sky import separation, unit_vectors

TABLES = ("oidb.oidb", "ivoa.obscore")

#: How a circle is asked for: DaCHS writes each of them as other SQL.
FORMS = (
    "1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE({ra}, {dec}, {radius}))",
    "1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', {ra}, {dec}, {radius}))",
    "DISTANCE(s_ra, s_dec, {ra}, {dec}) <= {radius}",
    "DISTANCE(POINT('ICRS', s_ra, s_dec), POINT('ICRS', {ra}, {dec})) <= {radius}",
)

#: Where spherical geometry goes wrong.
SPECIAL = (
    ("north pole", 0, 90, 45),
    ("south pole", 123.4, -90, 50),
    ("pole, seen from its side", 200, 89.5, 46),
    ("across RA 0", 0, 0, 60),
    ("RA 360", 360, 20, 60),
    ("hemisphere", 80, -20, 90),
    ("nothing", 1, 1, 1e-6),
)


def random_cones(positions: dict[str, Any], number: int) -> list[tuple[float, float, float]]:
    """Cones around places near granules and anywhere, small and large; no granule is on a border."""
    rng = np.random.default_rng(20261122)
    cones = []
    while len(cones) < number:
        chosen = rng.integers(len(positions["ra"]))
        radius = float(10 ** rng.uniform(-3, 2))
        if len(cones) % 2:
            ra, dec = rng.uniform(0, 360), np.degrees(np.arcsin(rng.uniform(-1, 1)))
        else:
            ra = (positions["ra"][chosen] + rng.normal() * radius) % 360
            dec = np.clip(positions["dec"][chosen] + rng.normal() * radius, -90, 90)
        ra, dec = round(float(ra), 6), round(float(dec), 6)
        if np.abs(separation(positions["ra"], positions["dec"], ra, dec) - radius).min() > 1e-7:
            cones.append((ra, dec, radius))
    return cones


def inside(positions: dict[str, Any], ra: float, dec: float, radius: float) -> list[str]:
    return sorted(positions["did"][separation(positions["ra"], positions["dec"], ra, dec) <= radius])


def found(result: Any) -> list[str]:
    return sorted(str(did) for did in result["obs_publisher_did"])


def ask(tap: Any, table: str, form: str, ra: float, dec: float, radius: float) -> list[str]:
    where = form.format(ra=ra, dec=dec, radius=f"{radius:.9f}")
    return found(tap.run_sync(f"SELECT obs_publisher_did FROM {table} WHERE {where}"))


@pytest.mark.parametrize("table", TABLES)
def test_random_cones(tap: Any, positions: dict[str, Any], table: str) -> None:
    hits = 0
    for number, (ra, dec, radius) in enumerate(random_cones(positions, 48)):
        expected = inside(positions, ra, dec, round(radius, 9))
        hits += len(expected)
        form = FORMS[number % len(FORMS)]
        assert ask(tap, table, form, ra, dec, radius) == expected, (form, ra, dec, radius)
    assert hits > 90


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("name", "ra", "dec", "radius"), SPECIAL, ids=[case[0] for case in SPECIAL])
def test_special_cones(
    tap: Any, positions: dict[str, Any], table: str, name: str, ra: float, dec: float, radius: float
) -> None:
    expected = inside(positions, ra, dec, radius)
    assert (len(expected) > 0) == (name != "nothing")
    for form in FORMS[::2]:
        assert ask(tap, table, form, ra, dec, radius) == expected, form


def test_cone_of_radius_zero(tap: Any, positions: dict[str, Any]) -> None:
    """With pgsphere (oidb.oidb) a circle has its border, with q3c (ivoa.obscore) it has not."""
    ra, dec = float(positions["ra"][0]), float(positions["dec"][0])
    assert ask(tap, "oidb.oidb", FORMS[0], ra, dec, 0) == inside(positions, ra, dec, 1e-9)
    assert ask(tap, "ivoa.obscore", FORMS[0], ra, dec, 0) == []
    for table in TABLES:
        assert ask(tap, table, FORMS[0], ra, dec + 0.001, 0) == []


@pytest.mark.parametrize("form", FORMS)
def test_cone_wider_than_a_hemisphere(tap: Any, positions: dict[str, Any], form: str) -> None:
    """pgsphere has no such circles: it says so, and does not answer wrongly."""
    assert ask(tap, "ivoa.obscore", form, 80, -20, 170) == inside(positions, 80, -20, 170)
    with pytest.raises(DALQueryError, match="radius must be not greater than 90 degrees"):
        ask(tap, "oidb.oidb", form, 80, -20, 170)


def test_cone_search(scs: Any, positions: dict[str, Any]) -> None:
    for ra, dec, radius in random_cones(positions, 12):
        assert found(scs.search(pos=(ra, dec), radius=radius)) == inside(positions, ra, dec, radius), (ra, dec, radius)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "condition",
    [
        "1 = CONTAINS(POINT(o.s_ra, o.s_dec), CIRCLE(u.ra, u.dec, 0.5))",
        "1 = CONTAINS(POINT(u.ra, u.dec), CIRCLE(o.s_ra, o.s_dec, 0.5))",
        "DISTANCE(o.s_ra, o.s_dec, u.ra, u.dec) <= 0.5",
        "0.5 >= DISTANCE(POINT('ICRS', u.ra, u.dec), POINT('ICRS', o.s_ra, o.s_dec))",
    ],
)
def test_match_of_an_upload(tap: Any, positions: dict[str, Any], table: str, condition: str) -> None:
    rng = np.random.default_rng(7)
    # Half of the sources lie near granules, on both sides of the limit; the others anywhere.
    chosen = rng.integers(len(positions["ra"]), size=60)
    near = unit_vectors(positions["ra"][chosen], positions["dec"][chosen]) + rng.normal(scale=0.008, size=(60, 3))
    sources = np.concatenate([near, rng.normal(size=(60, 3))])
    ra = np.degrees(np.arctan2(sources[:, 1], sources[:, 0])) % 360
    dec = np.degrees(np.arctan2(sources[:, 2], np.hypot(sources[:, 0], sources[:, 1])))
    apart = separation(positions["ra"][None], positions["dec"][None], ra[:, None], dec[:, None])
    expected = sorted(
        (int(source), str(positions["did"][granule])) for source, granule in zip(*np.nonzero(apart <= 0.5), strict=True)
    )
    assert len(expected) > 20

    upload = Table({"source": np.arange(120), "ra": ra, "dec": dec})
    result = tap.run_sync(
        f"SELECT u.source, o.obs_publisher_did FROM TAP_UPLOAD.mine AS u JOIN {table} AS o ON {condition}",
        uploads={"mine": upload},
    )
    pairs = zip(result["source"], result["obs_publisher_did"], strict=True)
    assert sorted((int(source), str(did)) for source, did in pairs) == expected
