"""Work that is spread over processes, its results in the order of the input.

May import ``ingest.errors``.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing.connection import wait
from typing import Any, TypeVar

from ingest.errors import OivoError

Item = TypeVar("Item")
Result = TypeVar("Result")


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of so many items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def in_order(
    work: Callable[[Sequence[Item]], Result],
    chunks: Iterable[list[Item]],
    processes: int,
    initializer: Callable[..., None],
    arguments: tuple[Any, ...],
) -> Iterator[tuple[list[Item], Result]]:
    """Yield each chunk with the result of the work on it, done by several processes, a few chunks ahead.

    A single chunk is done here: starting processes takes a second.

    Parameters
    ----------
    initializer, arguments
        Called at the start of each process, and of this one where it does the work itself.

    Raises
    ------
    OivoError
        When a process was killed.
    """
    chunks = iter(chunks)
    first = list(islice(chunks, 2))
    if len(first) < 2 or processes <= 1:
        initializer(*arguments)
        for chunk in chain(first, chunks):
            yield chunk, work(chunk)
        return
    context = multiprocessing.get_context("spawn")  # a fork would share our connections to the database
    waiting: deque[tuple[list[Item], Future[Result]]] = deque()
    with ProcessPoolExecutor(processes, context, _start, (initializer, arguments)) as pool:
        try:
            for chunk in chain(first, chunks):
                waiting.append((chunk, pool.submit(work, chunk)))
                if len(waiting) > 2 * processes:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        except BrokenProcessPool as error:
            raise OivoError(
                "a process that parses was ended from outside, perhaps for want of memory",
                remedy="call again to go on, with fewer --processes",
            ) from error
        finally:
            for _, future in waiting:
                future.cancel()


def _start(initializer: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Make a worker ready: Ctrl-C is the parent's business, and without the parent there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    initializer(*arguments)
