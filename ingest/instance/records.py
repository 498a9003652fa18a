"""The records of an instance as harvesters get them, and whether they are fit to be harvested.

Asks the running site over HTTP, as a harvester does. May import ``ingest.home`` and ``ingest.registry``.
"""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ingest.errors import OivoError
from ingest.home import Home
from ingest.registry.rules import Trouble
from ingest.registry.schemas import complaints, parts

# The site is on this host: no proxy stands between.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_SECONDS = 60
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


class HarvestError(OivoError):
    """The site does not answer harvesters."""


@dataclass(frozen=True)
class Record:
    """One record.

    Attributes
    ----------
    identifier, changed, deleted
        From its header.
    element
        The element ``record`` with header and metadata.
    """

    identifier: str
    changed: str
    deleted: bool
    element: Any

    def text(self, name: str) -> str:
        """Return the text of the first element of this name, empty where there is none."""
        return str(self.element.findtext(f".//{name}") or "")

    @property
    def resource(self) -> Any:
        """The element of the resource, None for a deleted record."""
        return self.element.find(".//{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource")

    @property
    def kind(self) -> str:
        """Kind of the resource: ``CatalogService``."""
        return "" if self.resource is None else str(self.resource.get(_XSI_TYPE)).rpartition(":")[2]

    @property
    def active(self) -> bool:
        """Whether registries show it to those who search."""
        return self.resource is not None and self.resource.get("status") == "active"

    @property
    def xml(self) -> str:
        """The record, indented."""
        copy = etree.fromstring(etree.tostring(self.element), etree.XMLParser(remove_blank_text=True))
        etree.indent(copy)
        etree.cleanup_namespaces(copy)
        return str(etree.tostring(copy, encoding="unicode"))


def harvest(home: Home, prefix: str = "ivo_vor") -> list[Record]:
    """Return all records, in the order of the registry.

    Raises
    ------
    HarvestError
        When the site is not running, or refuses.
    """
    return [record for reply in _replies(home, prefix) for record in _records(reply)]


def _replies(home: Home, prefix: str) -> Iterator[bytes]:
    arguments = {"verb": "ListRecords", "metadataPrefix": prefix}
    while True:
        reply = ask(home, "/oai.xml", arguments)
        yield reply
        try:
            _, token = parts(reply)
        except ValueError as error:
            raise HarvestError(f"refuses: {error}", place=f"{home.settings.base_url}/oai.xml") from error
        if not token:
            return
        arguments = {"verb": "ListRecords", "resumptionToken": token}


def ask(home: Home, path: str, arguments: dict[str, str]) -> bytes:
    """Return what the site answers on this host, whatever its public address.

    Raises
    ------
    HarvestError
        When it does not answer.
    """
    address = f"http://127.0.0.1:{home.settings.number('server.port')}{path}"
    try:
        with _OPENER.open(f"{address}?{urllib.parse.urlencode(arguments)}", timeout=_SECONDS) as reply:
            return bytes(reply.read())
    except (OSError, urllib.error.HTTPError) as error:
        raise HarvestError(
            f"does not answer: {error}", place=address, remedy="start the site: ./oivo up --detach"
        ) from error


def _records(reply: bytes) -> Iterator[Record]:
    for element in parts(reply)[0]:
        header = element.find("{*}header")
        yield Record(
            identifier=header.findtext("{*}identifier"),
            changed=header.findtext("{*}datestamp"),
            deleted=header.get("status") == "deleted",
            element=element,
        )


def examine_records(home: Home) -> list[Trouble]:
    """Return what is wrong with the records that the site gives: against the schemas, and with their test queries.

    Raises
    ------
    HarvestError
        When the site does not answer.
    """
    found = [trouble for prefix in ("ivo_vor", "oai_dc") for trouble in _not_valid(home, prefix)]
    return [*found, *_test_queries(home)]


def _not_valid(home: Home, prefix: str) -> Iterator[Trouble]:
    for reply in _replies(home, prefix):
        names = ", ".join(record.identifier for record in _records(reply))
        for problem in complaints(reply):
            yield Trouble("the site", f"records {names} as {prefix}", problem, "see docs/registry.md")


def _test_queries(home: Home) -> Iterator[Trouble]:
    for record in harvest(home):
        query = None if record.deleted else record.element.find(".//testQuery")
        if query is None:
            continue
        cone = {"RA": query.findtext("ra"), "DEC": query.findtext("dec"), "SR": query.findtext("sr"), "MAXREC": "1"}
        # The capability's own address, on this host.
        access = query.getparent().findtext("interface/accessURL")
        reply = ask(home, urllib.parse.urlsplit(access).path, {**cone, "RESPONSEFORMAT": "votable/td"})
        if b"<TR>" not in reply:
            where = f"RA={cone['RA']} DEC={cone['DEC']} SR={cone['SR']}"
            remedy = "load data, or set registered = false; after changes of data: ./oivo jobs run registry"
            yield Trouble("the site", f"{record.identifier}, test query", f"finds nothing at {where}", remedy)
