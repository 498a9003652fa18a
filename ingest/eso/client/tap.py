"""Synchronous queries of a TAP service, with what its answers can hide: errors with status 200, and cut tables.

May import ``ingest.eso.client.http``.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from astropy.io import votable

from ingest.eso.client.http import DamagedReplyError, EsoError, Fetcher


class QueryError(EsoError):
    """The service says that the query failed."""


@dataclass(frozen=True)
class Answer:
    """Rows of a query.

    Attributes
    ----------
    rows
        A dictionary each; None for missing values.
    overflow
        Whether the service left rows out because of its own limit.
    """

    rows: list[dict[str, Any]]
    overflow: bool


class TapClient:
    """Asks a TAP service.

    Parameters
    ----------
    base_url
        The service: ``https://archive.eso.org/tap_obs``.
    fetcher
        Sends the requests.
    """

    def __init__(self, base_url: str, fetcher: Fetcher) -> None:
        self.base_url = base_url
        self._fetcher = fetcher

    def query(self, adql: str, max_rows: int) -> Answer:
        """Run a query.

        Parameters
        ----------
        max_rows
            More rows are not wanted: MAXREC of the request.

        Raises
        ------
        QueryError
            When the service refuses the query.
        UnreachableError
            When it does not answer.
        """
        form = {
            "REQUEST": "doQuery",
            "LANG": "ADQL",
            "FORMAT": "votable",
            "MAXREC": str(max_rows),
            "QUERY": adql,
        }
        return self._fetcher.post(f"{self.base_url}/sync", form, read_answer)


def read_answer(reply: httpx.Response) -> Answer:
    """Read a VOTable reply.

    Raises
    ------
    QueryError
        When the table says that the query failed.
    DamagedReplyError
        When it is no whole VOTable: a proxy's error page, a cut connection.
    """
    if b"<VOTABLE" not in reply.content[:2000] and b":VOTABLE" not in reply.content[:2000]:
        raise DamagedReplyError("the reply is no VOTable")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of small sins against the standard
            document = votable.parse(io.BytesIO(reply.content), verify="ignore")
    except Exception as error:  # expat's, astropy's own, ValueError, IndexError: all say that it is not whole
        raise DamagedReplyError(f"the VOTable cannot be read: {str(error).splitlines()[0]}") from error
    status = _status(document)
    if status.get("ERROR") is not None:
        raise QueryError(f"the archive says: {' '.join(status['ERROR'].split())}", place="TAP")
    if not document.resources or not document.resources[0].tables:
        raise DamagedReplyError("the VOTable has no table")
    return Answer(_rows(document.resources[0].tables[0]), "OVERFLOW" in status)


def _status(document: Any) -> dict[str, str]:
    """Return what QUERY_STATUS says, wherever it stands: before the table, or after it for an overflow."""
    infos = [info for resource in document.resources for info in resource.infos]
    infos += [info for resource in document.resources for table in resource.tables for info in table.infos]
    infos += document.infos
    return {info.value: info.content or "" for info in infos if info.name == "QUERY_STATUS"}


def _rows(table: Any) -> list[dict[str, Any]]:
    names = [field.name for field in table.fields]
    columns = [_values(table.array[field.ID]) for field in table.fields]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: Any) -> list[Any]:
    """Return a column as Python values: None where masked, empty or NaN, texts stripped."""
    return [_value(value) for value in column.tolist()]


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
