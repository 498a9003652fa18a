"""The line of progress: on terminals only."""

import io

import pytest

from ingest import progress
from ingest.progress import Progress, tracked


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by half a second each time it is read."""
    now = iter(range(10_000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now) / 2)


def lines(stream):
    return [line for line in stream.getvalue().split("\r\033[K") if line]


@pytest.mark.usefixtures("clock")
def test_silent_elsewhere():
    stream = io.StringIO()
    with Progress("Ingesting", 2, stream) as shown:
        shown.step("a")
        shown.clear()
    assert stream.getvalue() == ""
    assert shown.done == 1


@pytest.mark.usefixtures("clock")
def test_drawn_on_a_terminal_and_cleared():
    stream = Terminal()
    with Progress("Ingesting", 3, stream) as shown:
        for name in ("a.fits", "b.fits", "c.fits"):
            shown.step(name)
    found = lines(stream)
    assert found[0].split() == ["Ingesting", "0/3"]
    assert found[-1] == "Ingesting 3/3, 0 s left c.fits"
    assert stream.getvalue().endswith("\r\033[K")


@pytest.mark.usefixtures("clock")
def test_the_line_is_gone_after_an_error():
    stream = Terminal()
    with pytest.raises(KeyError), Progress("Ingesting", None, stream):
        raise KeyError
    assert stream.getvalue().endswith("\r\033[K")


def test_not_drawn_faster_than_an_eye_reads(monkeypatch):
    monkeypatch.setattr(progress.time, "monotonic", lambda: 1.0)
    stream = Terminal()
    with Progress("Ingesting", 10_000, stream) as shown:
        for _ in range(10_000):
            shown.step("x")
    assert len(lines(stream)) == 1


@pytest.mark.usefixtures("clock")
def test_names_stay_on_the_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    stream = Terminal()
    with Progress("Ingesting", 1, stream) as shown:
        shown.step("a\nb\033[2J" + "x" * 200)
    last = lines(stream)[-1]
    assert "\n" not in last and "\033" not in last and len(last) < 60


@pytest.mark.usefixtures("clock")
def test_tracked(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", stream)
    assert list(tracked("Loading", ["a", "b"])) == ["a", "b"]
    assert list(tracked("Loading", iter("cd"))) == ["c", "d"]
    assert list(tracked("Loading", [])) == []
    assert "2/2" in stream.getvalue()
