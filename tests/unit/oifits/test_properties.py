"""Whatever the bytes: granules or an OIFitsError; and granules as the slow reading finds them."""

import gzip
import math
import tracemalloc
from dataclasses import astuple, fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.oifits import OIFitsError, granules_of, read_oifits, why_no_granules
from tests.build.oifits import CARD, array, data, file, plain, target, wavelength
from tests.unit.oifits.slow import records

# sockets of other tests' clients may be collected while these run
pytestmark = pytest.mark.filterwarnings("error", "ignore::pytest.PytestUnraisableExceptionWarning")

PLAIN = plain()
RICH = file(
    target(("a", "b")),
    array(),
    wavelength("X"),
    wavelength("Y", wave=(2e-6,)),
    data("OI_VIS", mjd=(55000.1, 55001.2), insname="X", target_id=(1, 2)),
    data("OI_FLUX", insname="Y", nwave=1),
    version=2,
    cards={"HIERARCH ESO OBS PROG ID": "60.A-9257(E)"},
)
#: Texts that hurt when they get into a card.
NASTY = [
    b"0",
    b"-1",
    b"999999999999999999999",
    b"T",
    b"'",
    b"''",
    b"'9P'",
    b"'999999999D'",
    b"nan",
    b"",
    b"\0",
    b"\xff",
    b"1.5",
]


def survive(content: bytes) -> None:
    try:
        oifits = read_oifits(content, max_bytes=2**22)
        granules = granules_of(oifits, extended=True)
        assert bool(granules) != bool(why_no_granules(oifits))
    except OIFitsError as error:
        assert error.place
        return
    for granule in granules:
        for what in (granule, granule.extension):
            for field in fields(what):
                value = getattr(what, field.name)
                assert not isinstance(value, float) or math.isfinite(value), field.name
    assert oifits.facts
    for table in oifits.tables:
        list(table.header.cards())
        for column in table.columns:
            table.raw(column.name)


@given(st.binary(max_size=300))
def test_random_bytes(content):
    survive(content)
    survive(b"SIMPLE  = T".ljust(CARD) + content)
    survive(b"\x1f\x8b\x08" + content)


@settings(max_examples=300)
@given(st.sampled_from([PLAIN, RICH]), st.data())
def test_changed_cards(content, draw):
    cards = [n for n in range(0, len(content), CARD) if content[n + 8 : n + 10] == b"= "]
    for start in draw.draw(st.lists(st.sampled_from(cards), min_size=1, max_size=4)):
        value = draw.draw(st.sampled_from(NASTY) | st.binary(max_size=12)).replace(b"END     ", b"")
        content = content[: start + 10] + value.ljust(CARD - 10) + content[start + CARD :]
    survive(content)


@settings(max_examples=200)
@given(st.sampled_from([PLAIN, RICH]), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=40))
def test_changed_bytes(content, changes):
    changed = bytearray(content)
    for place, byte in changes:
        changed[place % len(changed)] = byte
    survive(bytes(changed))


@settings(max_examples=100)
@given(st.sampled_from([PLAIN, RICH, gzip.compress(RICH)]), st.integers(0, 10**6), st.integers(0, 10**6))
def test_missing_parts(content, start, length):
    start %= len(content)
    survive(content[:start])
    survive(content[:start] + content[start + length % 5000 :])


def test_nothing_is_allocated_because_a_header_says_so():
    tracemalloc.start()
    try:
        for value in (b"99999999999", b"2147483648", b"1000000"):
            for keyword in (b"NAXIS1  ", b"NAXIS2  ", b"PCOUNT  ", b"TFIELDS ", b"THEAP   "):
                survive(PLAIN.replace(keyword + b"= ", keyword + b"= " + value + b" /"))
            survive(PLAIN.replace(b"'2D      '", b"'" + value[:8].ljust(7) + b"D'"))
        assert tracemalloc.get_traced_memory()[1] < 40 * len(PLAIN)
    finally:
        tracemalloc.stop()


mjd = st.floats(54999, 55003) | st.just(math.nan) | st.sampled_from([55000.5, 55001.5])
int_time = st.floats(0, 1000) | st.just(math.nan)
row = st.tuples(mjd, int_time, st.integers(-1, 4) | st.just(-32768))


@st.composite
def files(draw) -> bytes:
    insnames = draw(st.lists(st.sampled_from(["A", "b", "C", "a"]), min_size=1, max_size=3))
    ids = draw(st.lists(st.integers(-1, 4), min_size=1, max_size=3))
    wave = st.floats(1e-7, 2e-5) | st.just(math.nan)
    tables = [target(tuple("abc"[: len(ids)]), ids=ids)]
    tables += [array(name) for name in draw(st.lists(st.sampled_from(["VLTI", "CHARA"]), max_size=2))]
    for insname in insnames:
        channels = draw(st.lists(st.tuples(wave, st.floats(-1e-7, 1e-6)), min_size=1, max_size=3))
        tables.append(wavelength(insname, [w for w, _ in channels], [b for _, b in channels]))
    for extname in draw(st.lists(st.sampled_from(["OI_VIS", "OI_VIS2", "OI_T3", "OI_FLUX", "oi_t3"]), max_size=4)):
        rows = draw(st.lists(row, min_size=1, max_size=6))
        tables.append(
            data(
                extname,
                mjd=[mjd for mjd, _, _ in rows],
                int_time=[seconds for _, seconds, _ in rows],
                target_id=[target_id for _, _, target_id in rows],
                insname=draw(st.sampled_from([*insnames, "other"])),
                arrname=draw(st.sampled_from([None, "", "VLTI", "CHARA", "x"])),
                drop=draw(st.sampled_from([(), (), ("INT_TIME",), ("MJD",), ("TARGET_ID",), ("INSNAME",)])),
            )
        )
    return file(*draw(st.permutations(tables)))


@settings(max_examples=100, deadline=None)
@given(files())
def test_granules_as_the_slow_reading_finds_them(content):
    found = [astuple(granule.reference) for granule in granules_of(read_oifits(content))]
    np.testing.assert_equal(found, records(content))


@pytest.mark.parametrize("content", [PLAIN, RICH], ids=["plain", "rich"])
def test_reading_twice_gives_the_same(content):
    assert granules_of(read_oifits(content)) == granules_of(read_oifits(content))
