"""Which sightings are one target: the traps that real headers hold."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.targets import Rulings, Sighting, Star, StarTable, Target, bright_stars, find_star, identify

ARCSEC = 1 / 3600
NOBODY = StarTable([])


def seen(
    name: str,
    ra: float | None,
    dec: float | None,
    ref: tuple[float, float] | None = None,
    *,
    year: float = 2019.0,
    count: int = 1,
    pair: tuple[str, str] = ("", ""),
) -> Sighting:
    """A sighting; `ref` as ISS REF."""
    return Sighting(name, ra, dec, *(ref or (None, None)), year, count, *pair)


def parts(sightings: Sequence[Sighting], table: StarTable | None = None, rulings: Rulings | None = None) -> set[str]:
    """The sightings' numbers as they are put together: `0 1` and `2` for two targets."""
    found = identify(sightings, table or bright_stars(), rulings)
    return {" ".join(map(str, target.members)) for target in found}


def one(sightings: Sequence[Sighting], table: StarTable | None = None) -> Target:
    found = identify(sightings, table or bright_stars())
    assert len(found) == 1, found
    return found[0]


# Names and REF ---------------------------------------------------------------------------------------------------

OFF_NAME = [seen("HD 58647", 111.483736, -14.17878, (111.48375, -14.178764)), seen("HD_58647", 111.481395, -14.17877)]


@pytest.mark.parametrize("table", [bright_stars(), NOBODY])
@pytest.mark.parametrize("offset", [0.0, 2.05, 4.1, -4.1, 8.2, -8.2])
def test_right_ascensions_that_differ_from_night_to_night(table: StarTable, offset: float) -> None:
    """HD 58647: RA 8.2 arcsec off between nights, REF the same."""
    first = seen("HD58647", 111.483736, -14.17878, (111.48375, -14.178764))
    ra = 111.483736 + offset * ARCSEC
    for other in (seen("HD_58647", ra, -14.17877, (111.483708, -14.17875)), seen("HD_58647", ra, -14.17877)):
        target = one([first, other], table)
        assert target.ra == pytest.approx(111.48375, abs=0.2 * ARCSEC)
        assert target.dec == pytest.approx(-14.17876, abs=0.2 * ARCSEC)


def test_names_typed_in_many_ways() -> None:
    names = ["HD45677", "HD_45677", "HD-45677", "hd 045677"]
    target = one([seen(name, 97.0726, -13.05309, (97.07258, -13.05308)) for name in names])
    assert target.name == "FS CMa"
    assert [alias.raw_name for alias in target.aliases] == sorted(names)
    assert {alias.key for alias in target.aliases} == {"HD 45677"}


def test_aliases_by_the_star_table() -> None:
    ref = (24.4285, -57.236753)
    names = ["ACHERNAR", "alp_Eri", "ALP_ERI", "Achernar", "HD10144"]
    target = one([seen(name, 24.427067, -57.23689, ref) for name in names])
    assert (target.name, target.origin) == ("alf Eri", "catalogue")
    star = find_star("Achernar")
    assert star is not None
    assert (target.ra, target.dec, target.pm_ra, target.pm_dec) == (star.ra, star.dec, star.pm_ra, star.pm_dec)


def test_aliases_by_position_only() -> None:
    """A name that the table does not have, at the place of a star that it has; without REF RA may be 8 arcsec off."""
    assert one([seen("my calibrator", 24.42709, -57.23689, (24.4285, -57.23675))]).name == "alf Eri"
    assert one([seen("my calibrator", 24.42852 + 7 * ARCSEC, -57.23683)]).name == "alf Eri"
    assert one([seen("my calibrator", 24.42852 + 20 * ARCSEC, -57.23683)]).name == "my calibrator"


def test_aliases_by_ref() -> None:
    """HD 142527 is HIP 78092: the table does not say so, but REF is the same."""
    sightings = [
        seen("HD142527", 239.17447, -42.3232, (239.174542, -42.323133), count=2),
        seen("HIP 78092", 239.17447, -42.3232, (239.1747, -42.3230)),
    ]
    target = one(sightings, NOBODY)
    assert target.name == "HD 142527"
    # as far apart, but only pointed at
    assert len(parts([replace(each, ref_ra=None, ref_dec=None) for each in sightings], NOBODY)) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("HD 1001", "HD 1002"),
        ("HIP 7", "HIP 8"),
        ("CO_Ori_A", "CO_Ori_B"),
        ("HD 100453 A", "HD 100453 B"),
        ("IRS 7", "IRS 16C"),
        ("CI Tau", "DL Tau"),
        ("tet01 Ori", "tet02 Ori"),
        ("2MASS J05352184-0546085", "2MASS J05352185-0546086"),
    ],
)
def test_names_that_contradict_are_two_stars_at_one_place(first: str, second: str) -> None:
    assert parts([seen(name, 81.0, 11.4, (81.0, 11.4)) for name in (first, second)], NOBODY) == {"0", "1"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("HD 1001", "HIP 7"),
        ("CO_Ori_A", "CO Ori"),
        ("HD 100453 AB", "HD 100453 A"),
        ("Gem 1", "HD 5"),
        ("CI Tau", "HD 3"),
    ],
)
def test_names_that_do_not_contradict_are_one_star_at_one_place(first: str, second: str) -> None:
    assert len(parts([seen(name, 81.0, 11.4, (81.0, 11.4)) for name in (first, second)], NOBODY)) == 1


def test_a_name_in_between_does_not_join_two_components() -> None:
    ref = (81.0, 11.4)
    for names in (["CO Ori", "CO Ori A", "CO Ori B"], ["CO Ori A", "CO Ori B", "HD 36040"]):
        found = identify([seen(name, *ref, ref) for name in names], NOBODY)
        assert not any({"CO Ori A", "CO Ori B"} <= {alias.key for alias in target.aliases} for target in found)
        assert len(found) == 2


def test_the_same_name_elsewhere_is_another_target() -> None:
    assert parts([seen("Target_A1", 10, 10), seen("Target_A1", 10.1, 10), seen("Target_A1", 10.1, 10.01)]) == {
        "0",
        "1 2",
    }


# Proper motion ---------------------------------------------------------------------------------------------------


def test_sirius() -> None:
    """RA, DEC at the epoch of the observation, REF for 2000: 21.6 arcsec."""
    target = one(
        [
            seen("alf CMa", 101.284134, -16.721360, (101.287167, -16.716117)),
            seen("Sirius", 101.284134, -16.721360),
            seen("SIRIUS", 101.286, -16.7181, year=2006.0),
            seen("calibrator", 101.284134, -16.721360),
        ]
    )
    assert target.name == "alf CMa"
    assert target.scatter is not None
    assert target.scatter < 4


def test_alpha_centauri() -> None:
    """REF of 51 arcsec away, nearer to B (4 arcsec) than to A (17 arcsec): the name decides."""
    sightings = [
        seen("Alpha_Cen_A", 219.869413, -60.83473, (219.897917, -60.838214), year=2016.4),
        seen("alf_Cen_B", 219.869413, -60.83473, (219.897917, -60.838214), year=2016.4),
        seen("alf Cen", 219.869413, -60.83473, (219.897917, -60.838214), year=2016.4),
    ]
    found = identify(sightings, bright_stars())
    assert {target.name: target.members for target in found} == {"alf Cen A": (0, 2), "alf Cen B": (1,)}


def test_barnards_star() -> None:
    star = find_star("Barnard's Star")
    assert star is not None
    sightings = [
        seen("Barnards_Star", *star.at(year), ref, year=year)
        for year in (2004.0, 2014.0, 2024.0)
        for ref in ((star.ra, star.dec), None)
    ]
    assert len(parts(sightings)) == 1
    # also where nobody knows how fast it is: the same name
    assert len(parts([replace(each, ref_ra=None, ref_dec=None) for each in sightings], NOBODY)) == 1


# Wrong positions -------------------------------------------------------------------------------------------------


def test_stale_ref() -> None:
    """HD44800_bad: REF is 2.2 degrees from where the telescopes were."""
    good = seen("HD44800", 95.9011, -11.77, (95.9012, -11.7701))
    bad = seen("HD44800_bad", 95.9013, -11.7701, (97.9, -12.6))
    victim = seen("HD 46300", 97.9, -12.6, (97.9, -12.6))
    target, _ = identify([good, bad, victim], NOBODY)
    assert target.members == (0, 1)
    assert target.ra == pytest.approx(95.9012)


@pytest.mark.parametrize(
    ("ra", "dec"),
    [(-596.5, -596.52), (0.0, 0.0), (400.0, 10.0), (10.0, 95.0), (float("nan"), 1.0), (None, None), (1.0, None)],
)
def test_positions_that_are_none(ra: float | None, dec: float | None) -> None:
    assert parts([seen("nobody knows", ra, dec)]) == set()
    assert one([seen("Vega", ra, dec)]).name == "alf Lyr"
    known = seen("CI Tau", 68.46671, 22.84169, (68.46671, 22.84169))
    assert parts([known, seen("V CI Tau", ra, dec)]) == {"0 1"}
    assert parts([known, seen("V CI Tau", ra, dec, (68.4668, 22.8417))]) == {"0 1"}
    assert parts([known, seen("STD", ra, dec)]) == {"0"}


def test_a_name_without_position_that_two_targets_have() -> None:
    assert parts([seen("Obj 1", 10, 10), seen("Obj 1", 20, 10), seen("Obj 1", None, None)]) == {"0", "1"}


# Without a name --------------------------------------------------------------------------------------------------


def test_labels_belong_to_the_nearest() -> None:
    named = seen("CI Tau", 68.46671, 22.84169, (68.46671, 22.84169))
    other = seen("XX Tau", 68.46671 + 20 * ARCSEC, 22.84169)
    assert parts([named, other, seen("STD", 68.46671 + 9 * ARCSEC, 22.84169)], NOBODY) == {"0 2", "1"}
    assert parts([named, seen("STD", 68.46671, 22.84169 + 13 * ARCSEC)], NOBODY) == {"0", "1"}
    far = (68.46671, 22.84169 + 4 * ARCSEC)
    assert parts([named, seen("STD", *far, far)], NOBODY) == {"0", "1"}
    assert parts([seen("STD", 24.42852, -57.23683)]) == {"0"}
    assert one([seen("STD", 24.42852, -57.23683)]).name == "alf Eri"


def test_a_label_between_two_stars_does_not_join_them() -> None:
    stars = [
        seen("Obj A1", 50, 0),
        seen("Foo", 50, 20 * ARCSEC),
        seen("", 50, 10 * ARCSEC),
        seen("STD", 50, 10.1 * ARCSEC),
    ]
    assert parts(stars, NOBODY) == {"0 2", "1 3"}


def test_labels_alone_have_a_name_of_their_place() -> None:
    target = one([seen("STD", 101.28715, -16.71611), seen("", 101.28715, -16.71611 - 5 * ARCSEC)], NOBODY)
    assert target.name == "J06450891-1643004"
    assert target.aliases == ()


# Two stars at a time ---------------------------------------------------------------------------------------------


def test_dual_field() -> None:
    """CO Ori A and B, 2 arcsec apart: the position of the exposure is that of one of them, or in between."""
    ref = (81.7, 11.43)
    pair = ("CO_Ori_A", "CO_Ori_B")
    sightings = [
        seen("CO_Ori_A", 81.7, 11.43, ref, pair=pair),
        seen("CO_Ori_B", 81.7, 11.43, ref, pair=pair),
        seen("CO_Ori_A", 81.7, 11.43, ref),
    ]
    assert parts(sightings, NOBODY) == {"0 2", "1"}
    # names that do not contradict are two stars, since they were observed at the same time
    sightings = [
        seen("Bright", 81.7, 11.43, ref, pair=("Bright", "Faint")),
        seen("Faint", 81.7, 11.43, ref, pair=("Bright", "Faint")),
        seen("Bright", 81.7, 11.43, ref),
        seen("Faint", 81.7, 11.43, ref),
    ]
    assert parts(sightings, NOBODY) == {"0 2", "1 3"}
    # a companion at a star of the table
    assert parts([seen("bet Pic b", 86.8212, -51.0665, (86.8212, -51.0665)), seen("bet Pic", 86.8212, -51.0665)]) == {
        "0",
        "1",
    }


def test_a_dual_field_without_target_name_is_of_the_science_object() -> None:
    assert one([seen("OBJECT", 81.7, 11.43, pair=("CO_Ori_A", "CO_Ori_B"))], NOBODY).name == "CO Ori B"


# Rulings and names -----------------------------------------------------------------------------------------------

ACHERNAR = [seen("ACHERNAR", 24.427, -57.2369, (24.4285, -57.2368)), seen("alp_Eri", 24.427, -57.2369, count=2)]


def test_rulings() -> None:
    assert parts(ACHERNAR) == {"0 1"}
    apart = Rulings(apart=(("ACHERNAR", "alf Eri"),))
    assert parts(ACHERNAR, rulings=apart) == {"0", "1"}
    others = [seen("Foo", 10, 10), seen("Bar", 10.02, 10)]
    assert parts(others) == {"0", "1"}
    assert parts(others, rulings=Rulings(together=(("BAR", "FOO"),))) == {"0 1"}
    # of two stars of the table, too
    both = [seen("alf Cen A", 219.9, -60.834), seen("alf Cen B", 219.9, -60.834)]
    assert parts(both, rulings=Rulings(together=(("alf Cen A", "alf Cen B"),))) == {"0 1"}


def test_the_commonest_name_is_shown() -> None:
    ref = (10.0, 10.0)
    sightings = [
        seen("my_star", *ref, ref, count=3),
        seen("MY STAR", *ref, ref, count=2),
        seen("HD 77777", *ref, ref, count=4),
    ]
    assert one(sightings, NOBODY).name == "my star"
    assert one([*sightings, sightings[2]], NOBODY).name == "HD 77777"


def test_a_resolved_star_joins_names() -> None:
    table = StarTable([Star("CI Tau", 68.46671, 22.84169, aliases=("Haro 6-25", "CI Tau"), origin="resolver")])
    target = one([seen("CITau", 68.4667, 22.8417), seen("Haro_6-25", 68.4667, 22.8418)], table)
    assert (target.name, target.origin) == ("CI Tau", "resolver")


def test_nothing() -> None:
    assert identify([], bright_stars()) == []


# Any order -------------------------------------------------------------------------------------------------------

TRAPS = [
    *(
        seen(n, 24.427 + d * ARCSEC, -57.2369, (24.4285, -57.2368))
        for n in ("ACHERNAR", "alp_Eri", "x1")
        for d in (0, 4, 8)
    ),
    *(
        seen(n, 219.869413, -60.83473, (219.897917, -60.838214), year=2016.4)
        for n in ("alf Cen A", "alf Cen", "alf Cen B")
    ),
    *(
        seen(n, 81.7, 11.43, (81.7, 11.43 + i * ARCSEC))
        for i, n in enumerate(("CO Ori", "CO Ori A", "CO Ori B", "HD 3", "STD"))
    ),
    *(seen(n, 50 + i * 7 * ARCSEC, 0.0) for i, n in enumerate(("", "STD", "A1", "", "B1", "B2", "HD 1", "HD 2"))),
    *(seen(n, 0.0005 - i * ARCSEC, 89.9999, (359.9999, 89.9999)) for i, n in enumerate(("Pole 1", "HD 4", "", "HD 5"))),
    seen("HD44800_bad", 95.9013, -11.7701, (97.9, -12.6)),
    seen("CI Tau", -596.5, -596.5),
]


def described(found: Sequence[Target], sightings: Sequence[Sighting]) -> list[tuple[object, ...]]:
    """Targets to the last bit, without the numbers of their members."""
    return [
        (replace(target, members=()), sorted(map(repr, (sightings[number] for number in target.members))))
        for target in found
    ]


@pytest.mark.parametrize("table", [bright_stars(), NOBODY])
@pytest.mark.parametrize("seed", range(20))
def test_any_order_gives_the_same_targets(table: StarTable, seed: int) -> None:
    shuffled = random.Random(seed).sample(TRAPS, len(TRAPS))
    assert described(identify(shuffled, table), shuffled) == described(identify(TRAPS, table), TRAPS)


NAMES = st.sampled_from(
    ["", "STD", "CO Ori", "CO Ori A", "CO Ori B", "HD 1", "HD 2", "HIP 1", "Foo", "alf Cen A", "alf Cen B"]
)
PLACES = st.one_of(st.none(), st.tuples(st.integers(0, 30), st.integers(0, 30)))


@st.composite
def some_sightings(draw: st.DrawFn) -> list[Sighting]:
    def place() -> tuple[float, float] | tuple[None, None]:
        drawn = draw(PLACES)
        return (None, None) if drawn is None else (219.9 + drawn[0] * ARCSEC, -60.834 + drawn[1] * ARCSEC)

    return [
        Sighting(draw(NAMES), *place(), *place(), draw(st.sampled_from([2003.0, 2020.0])), draw(st.integers(1, 3)))
        for _ in range(draw(st.integers(0, 9)))
    ]


@settings(max_examples=200, deadline=None)
@given(some_sightings(), st.integers(0, 9))
def test_targets_part_the_sightings_in_any_order(sightings: list[Sighting], seed: int) -> None:
    found = identify(sightings, bright_stars())
    members = [number for target in found for number in target.members]
    assert len(members) == len(set(members))
    placed = {number for number, each in enumerate(sightings) if each.ra is not None or each.ref_ra is not None}
    assert placed <= set(members)
    keys = [{alias.key for alias in target.aliases} for target in found]
    assert not any({"CO Ori A", "CO Ori B"} <= each or {"HD 1", "HD 2"} <= each for each in keys)
    shuffled = random.Random(seed).sample(sightings, len(sightings))
    assert described(identify(shuffled, bright_stars()), shuffled) == described(found, sightings)
