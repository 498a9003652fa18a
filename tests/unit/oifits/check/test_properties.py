"""Whatever the bytes: a report, in both profiles, and the same one each time."""

import json
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.oifits import OIFitsError, read_oifits
from ingest.oifits.check import PROFILES, as_text, check
from ingest.oifits.check.correlation import _Intervals
from ingest.oifits.check.references import pairs_of
from tests.build.oifits import CARD, data, file, hdu_offsets, sound, target, wavelength
from tests.unit.oifits.test_properties import NASTY, files

# sockets of other tests' clients may be collected while these run
pytestmark = pytest.mark.filterwarnings("error", "ignore::pytest.PytestUnraisableExceptionWarning")

SOUND = [sound(1), sound(2)]
#: Numbers that hurt, as the bytes of a cell.
CELLS = [
    np.array(value, kind).tobytes()
    for kind in (">f8", ">f4", ">i2", ">i4")
    for value in (0, -1, *((math.nan, math.inf, -math.inf, 1e308) if "f" in kind else (32767, -32768)))
    if not (kind == ">f4" and value == 1e308)
]


def survive(content: bytes) -> None:
    try:
        oifits = read_oifits(content, max_bytes=2**22)
    except OIFitsError:
        return
    for profile in PROFILES:
        report = check(oifits, profile)
        json.dumps(report.as_json(), allow_nan=False)
        assert as_text(report)
        assert report == check(oifits, profile)
        for finding in report.findings:
            assert finding.occurrences > 0 and finding.message, finding
            assert len(finding.message) < 2000


@settings(max_examples=200)
@given(st.sampled_from(SOUND), st.data())
def test_changed_cards(content, draw):
    cards = [n for n in range(0, len(content), CARD) if content[n + 8 : n + 10] == b"= "]
    for start in draw.draw(st.lists(st.sampled_from(cards), min_size=1, max_size=4)):
        value = draw.draw(st.sampled_from(NASTY) | st.binary(max_size=12)).replace(b"END     ", b"")
        content = content[: start + 10] + value.ljust(CARD - 10) + content[start + CARD :]
    survive(content)


@settings(max_examples=200)
@given(st.sampled_from(SOUND), st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(CELLS)), max_size=30))
def test_changed_cells(content, changes):
    """Bytes of data only: headers stay as they are."""
    starts = [-(-content.index(b"END".ljust(CARD), offset) // 2880) * 2880 for offset in hdu_offsets(content)]
    changed = bytearray(content)
    for place, cell in changes:
        start = starts[place % len(starts)] + place // len(starts) % 400
        changed[start : start + len(cell)] = cell
    survive(bytes(changed[: len(content)]))


@settings(max_examples=100)
@given(st.sampled_from(SOUND), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=40))
def test_changed_bytes(content, changes):
    changed = bytearray(content)
    for place, byte in changes:
        changed[place % len(changed)] = byte
    survive(bytes(changed))


@settings(max_examples=80, deadline=None)
@given(files())
def test_files_of_any_content(content):
    survive(content)


@given(st.lists(st.lists(st.integers(-5, 30), max_size=6), max_size=4), st.integers(0, 5))
def test_elements_of_a_matrix_are_counted_as_one_by_one(calls, length):
    intervals, used = _Intervals(), set()
    for starts in calls:
        repeated = 0
        for index in (start + n for start in starts for n in range(length)):
            repeated += index in used
            used.add(index)
        assert intervals.add(np.array(starts, np.int64), length) == repeated


@given(st.lists(st.integers(0, 5), max_size=12))
def test_pairs_are_counted_as_one_by_one(values):
    expected = sum(a == b for n, a in enumerate(values) for b in values[n + 1 :])
    assert pairs_of(np.array(values, np.int64))[0] == expected


def test_a_small_file_cannot_ask_for_much_work():
    """Pointers to elements that are rows times channels: 4 * 10**9 of them here, were they counted one by one."""
    rows = 60_000
    tables = [
        wavelength(wave=[1e-6] * rows),
        data(mjd=[55000.25] * rows, nwave=1, change={"CORRINDX_VIS2DATA": ("J", np.arange(rows))}),
    ]
    content = file(target(), *tables, version=2)
    tracemalloc.start()
    try:
        survive(content)
        assert tracemalloc.get_traced_memory()[1] < 20 * len(content)
    finally:
        tracemalloc.stop()
