"""Progress of long work: a line on a terminal, silence elsewhere.

May import the standard library only.
"""

import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TextIO, TypeVar

Item = TypeVar("Item")

#: Seconds between two drawings of the line: more would only flicker.
_PACE = 0.1


class Progress:
    """A counter that is drawn on one line of a terminal.

    Parameters
    ----------
    title
        What is done: ``Ingesting``.
    total
        How many steps there are, or None.
    stream
        Where it is drawn, if that is a terminal; standard error by default.
    """

    def __init__(self, title: str, total: int | None = None, stream: TextIO | None = None) -> None:
        self.title, self.total = title, total
        self.stream = sys.stderr if stream is None else stream
        self.shown = self.stream.isatty()
        self.done = 0
        self._started = self._drawn = time.monotonic()

    def __enter__(self) -> "Progress":
        self._draw("")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def step(self, what: str = "") -> None:
        """Count one step; ``what`` names the thing that it was about."""
        self.done += 1
        if time.monotonic() - self._drawn >= _PACE:
            self._draw(what)

    def clear(self) -> None:
        """Remove the line, so that something else can be printed."""
        if self.shown:
            self.stream.write("\r\033[K")
            self.stream.flush()

    def _draw(self, what: str) -> None:
        if not self.shown:
            return
        self._drawn = now = time.monotonic()
        count = f"{self.done}/{self.total}" if self.total else f"{self.done}"
        remaining = ""
        if self.total and self.done and now - self._started > 2:
            seconds = (now - self._started) / self.done * (self.total - self.done)
            remaining = f", {seconds:.0f} s left" if seconds < 120 else f", {seconds / 60:.0f} min left"
        # A longer line would be wrapped, and only its last row removed; names may hold anything.
        width = shutil.get_terminal_size().columns - 1
        line = f"{self.title} {count if self.total != 0 else ''}{remaining} {what}"[:width]
        self.stream.write("\r\033[K" + "".join(char if char.isprintable() else "?" for char in line))
        self.stream.flush()


def tracked(title: str, items: Sequence[Item] | Iterable[Item]) -> Iterator[Item]:
    """Yield items with their progress drawn."""
    total = len(items) if isinstance(items, Sequence) else None
    with Progress(title, total) as progress:
        for item in items:
            yield item
            progress.step(str(getattr(item, "name", item)))
