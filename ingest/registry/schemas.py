"""Replies of the publishing registry against the XML schemas, without the network.

DaCHS brings the schemas along (``gavo/resources/schemata``); they are found without importing it. May import lxml.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

#: What documents of the registry are made of; these schemas import the others.
_NAMES = (
    *("OAI-PMH", "oai_dc", "RegistryInterface", "VORegistry", "VOResource", "VODataService", "ConeSearch", "TAPRegExt"),
    *("Colstats", "StandardsRegExt", "VOSICapabilities", "VOSITables"),
)
_OAI = "{http://www.openarchives.org/OAI/2.0/}"


class _Local(etree.Resolver):  # type: ignore[misc]
    """Finds schemas by their file name (DaCHS 2.7) or namespace (2.11), and nothing else."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.by_namespace = {_namespace(path): path for path in sorted(folder.glob("*.xsd"))}

    def resolve(self, url: str, public: str | None, context: Any) -> Any:
        path = self.by_namespace.get(url, self.folder / url.rsplit("/", 1)[-1])
        return self.resolve_filename(str(path), context) if path.exists() else self.resolve_empty(context)


def _namespace(path: Path) -> str:
    return str(etree.parse(str(path)).getroot().get("targetNamespace") or "")


def _folder() -> Path:
    found = importlib.util.find_spec("gavo")
    assert found is not None and found.origin is not None, "DaCHS is not installed"
    return Path(found.origin).parent / "resources/schemata"


@cache
def _schema() -> Any:
    folder = _folder()
    imports = []
    for name in _NAMES:
        target = _namespace(folder / f"{name}.xsd")
        imports.append(f'<xs:import namespace={quoteattr(target)} schemaLocation="http://schemata/{name}.xsd"/>')
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:all">'
    text = f"{head}{''.join(imports)}</xs:schema>"
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local(folder))
    return etree.XMLSchema(etree.fromstring(text, parser).getroottree())


def complaints(document: bytes) -> list[str]:
    """Return what is not valid in a document, at most one sentence for each element and reason.

    Parameters
    ----------
    document
        XML as it came over the network.
    """
    try:
        tree = etree.fromstring(document, etree.XMLParser(no_network=True, resolve_entities=False))
    except etree.XMLSyntaxError as error:
        return [f"is not well-formed: {error}"]
    schema = _schema()
    if schema.validate(tree):
        return []
    return list(dict.fromkeys(str(entry.message) for entry in schema.error_log))


def parts(reply: bytes) -> tuple[list[Any], str]:
    """Return the elements ``record`` of a reply of ListRecords, and the token of the next part, empty at the end.

    Raises
    ------
    ValueError
        When the reply is an error of OAI-PMH, with its code and sentence.
    """
    tree = etree.fromstring(reply, etree.XMLParser(no_network=True, resolve_entities=False))
    error = tree.find(f"{_OAI}error")
    if error is not None:
        raise ValueError(f"{error.get('code')}: {error.text}")
    return list(tree.iter(f"{_OAI}record")), tree.findtext(f".//{_OAI}resumptionToken") or ""
