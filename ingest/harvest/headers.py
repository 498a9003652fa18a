"""Header texts from ESO's header service: a few workers fetch, this thread parses and writes.

May import ``ingest.archive``, ``ingest.eso`` and ``ingest.harvest``.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from ingest.archive import Archive
from ingest.archive.frames import Wanted, put_off
from ingest.eso.client import EsoError, HeaderClient, UnreachableError
from ingest.harvest.reading import HeaderText, Problem
from ingest.harvest.workers import chunked
from ingest.harvest.writing import Writer

#: Headers a transaction: what a kill can cost, and what is compressed together.
BATCH = 50
#: Frames that are looked up at a time.
_QUEUE = 5000
#: So many failures without one success mean that the service is down.
_HOPELESS = 20


@dataclass
class Headers:
    """Fetches what is wanted.

    Attributes
    ----------
    client, workers
        The service, and how many requests run at a time.
    stop
        Set when the work is to end; the client's pauses end then, too.
    """

    archive: Archive
    writer: Writer
    client: HeaderClient
    workers: int
    stop: threading.Event
    step: Callable[[str], None]
    fetched: int = 0
    put_off: int = 0
    _failed_in_a_row: int = field(default=0, init=False)

    def fetch(self, wanted: Wanted) -> None:
        """Fetch all that is wanted now; a frame that fails is put off and does not hold up others.

        Raises
        ------
        UnreachableError
            When the service is down; what was fetched is written.
        """
        with ThreadPoolExecutor(self.workers, "header") as pool:
            while names := self._queue(wanted):
                for batch in chunked(names, BATCH):
                    self._batch(pool, batch)

    def _queue(self, wanted: Wanted) -> list[str]:
        with self.archive.transaction() as cursor:
            return wanted.frames(cursor, _QUEUE)

    def _batch(self, pool: ThreadPoolExecutor, names: Sequence[str]) -> None:
        futures = {pool.submit(self.client.fetch, name): name for name in names}
        texts: list[HeaderText] = []
        failures: list[tuple[str, EsoError]] = []
        try:
            for future in as_completed(futures):
                self._collect(future, futures[future], texts, failures)
        except BaseException:  # Ctrl-C, mostly: what has come is written before we go
            self.stop.set()
            for future in futures:
                future.cancel()
            self._write(texts, failures)
            raise
        self._write(texts, failures)
        self._give_up_if_hopeless(texts, failures)

    def _collect(
        self,
        future: "Future[str]",
        name: str,
        texts: list[HeaderText],
        failures: list[tuple[str, EsoError]],
    ) -> None:
        try:
            texts.append(HeaderText(name, future.result()))
        except EsoError as error:
            failures.append((name, error))
        self.step(name)

    def _write(self, texts: Sequence[HeaderText], failures: Sequence[tuple[str, EsoError]]) -> None:
        texts = sorted(texts, key=lambda text: text.name)  # whatever order they came in
        if texts:
            batch = self.writer.read(texts)
            self.writer.write(texts, batch)
            refused = [(problem.name, problem.text) for problem in batch.problems]
        else:
            refused = []
        refused += [(name, str(error)) for name, error in failures]
        with self.archive.transaction() as cursor:
            for name, problem in refused:
                put_off(cursor, name, problem)
        for name, error in failures:
            self.writer.complain(Problem(name, error.problem))
        self.fetched += len(texts) - (len(refused) - len(failures))
        self.put_off += len(refused)

    def _give_up_if_hopeless(self, texts: Sequence[HeaderText], failures: Sequence[tuple[str, EsoError]]) -> None:
        unreachable = [error for _, error in failures if isinstance(error, UnreachableError)]
        self._failed_in_a_row = 0 if texts else self._failed_in_a_row + len(unreachable)
        if self._failed_in_a_row >= _HOPELESS:
            raise unreachable[-1]
