"""Work in processes: in order, and with an end when a process is killed."""

import os
import signal

import pytest

from ingest.errors import OivoError
from ingest.harvest.workers import chunked, in_order

_offset = 0


def prepare(offset):
    global _offset
    _offset = offset


def add(items):
    return [item + _offset for item in items]


def fall(items):
    if 7 in items:
        os.kill(os.getpid(), signal.SIGKILL)
    return items


def test_chunks():
    assert list(chunked(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(chunked([], 3)) == []


@pytest.mark.parametrize(("count", "processes"), [(0, 2), (3, 2), (40, 1), (40, 2)])
def test_results_are_in_order(count, processes):
    found = list(in_order(add, chunked(range(count), 4), processes, prepare, (100,)))
    assert [item for chunk, _ in found for item in chunk] == list(range(count))
    assert [item for _, result in found for item in result] == list(range(100, 100 + count))


def test_a_killed_process_is_said():
    with pytest.raises(OivoError, match="ended from outside"):
        list(in_order(fall, chunked(range(40), 2), 2, prepare, (0,)))
