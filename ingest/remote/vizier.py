"""Catalogues of VizieR with OIFITS files: what their ReadMe says, and which files they have.

CDS serves each catalogue as a folder with a ReadMe in its standard form (Standards for Astronomical Catalogues,
version 2.0). May import this package.
"""

import re
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import quote, urljoin, urlsplit

from lxml import html

from ingest.errors import MisuseError
from ingest.remote.fetch import Fetcher
from ingest.remote.guard import FetchError

#: Names such as J/A+A/545/A130 and II/345.
IDENTIFIER = re.compile(r"[A-Z]+(?:/[A-Za-z0-9+&]+){1,5}")
_DEPTH = 3
_MOST_FOLDERS = 60
_RULE = re.compile(r"^[=-]{20,}\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Catalogue:
    """A published catalogue.

    Attributes
    ----------
    id
        VizieR's name of it.
    title, author, abstract
        From its ReadMe; ``author`` is the first one.
    bibcode
        Of its article; None where the ReadMe has none.
    keywords
        Of the journal.
    files
        Addresses of its FITS files, in the order of their names.
    """

    id: str
    title: str
    author: str
    abstract: str
    bibcode: str | None
    keywords: tuple[str, ...]
    files: tuple[str, ...]


def find_catalogue(fetcher: Fetcher, base_url: str, identifier: str) -> Catalogue:
    """Read a catalogue's ReadMe and walk through its folders.

    Parameters
    ----------
    base_url
        Address below which the folders are, without a slash at its end.
    identifier
        Such as ``J/A+A/545/A130``.

    Raises
    ------
    MisuseError
        When the identifier is none.
    FetchError
        When there is no such catalogue, or CDS does not answer.
    """
    if not IDENTIFIER.fullmatch(identifier):
        raise MisuseError(f"{identifier!r} is no catalogue of VizieR", remedy="write it like J/A+A/545/A130")
    folder = f"{base_url}/{quote(identifier, safe='/+&')}/"
    readme = fetcher.fetch(f"{folder}ReadMe").content.decode("utf-8", "replace")
    return parse_readme(identifier, readme, tuple(_fits_files(fetcher, folder)))


def parse_readme(identifier: str, text: str, files: tuple[str, ...] = ()) -> Catalogue:
    """Return what a ReadMe says.

    Raises
    ------
    FetchError
        When it is none of this catalogue's.
    """
    head = _RULE.split(text, 1)[0]
    first = re.match(rf"\s*{re.escape(identifier)}\s+(.+?)\s*\(([^()]+?)\+?,\s*\d{{4}}\)\s*$", head, re.MULTILINE)
    if first is None:
        raise FetchError("is not the ReadMe of this catalogue", place=identifier)
    body = _RULE.split(text, 1)[-1]
    bibcode = re.search(r"^\s+=(\S{19})\s*$", body, re.MULTILINE)
    keywords = re.search(r"^Keywords:\s*(.+(?:\n {4,}.+)*)", body, re.MULTILINE | re.IGNORECASE)
    # the article's title begins its line, what belongs to it is indented
    title = " ".join(takewhile(lambda line: not line.startswith((" ", "\t")), body.strip("\n").splitlines()))
    return Catalogue(
        identifier,
        " ".join(title.split()).rstrip(".") or first[1],
        " ".join(first[2].split()),
        _section(body, "Abstract") or _section(body, "Description"),
        bibcode[1] if bibcode else None,
        tuple(" ".join(word.split()) for word in re.split(r";|\s-\s", keywords[1]) if word.strip()) if keywords else (),
        files,
    )


def _section(body: str, name: str) -> str:
    """Return the indented text below a heading."""
    found = re.search(rf"^{name}:\s*\n((?:[ \t]+.*\n|\s*\n)+)", body, re.MULTILINE)
    return " ".join(found[1].split()) if found else ""


def _fits_files(fetcher: Fetcher, folder: str) -> list[str]:
    files: list[str] = []
    waiting, seen = [(folder, 0)], {folder}
    while waiting:
        here, depth = waiting.pop(0)
        for address in _links(fetcher, here):
            if not address.startswith(here) or address in seen:
                continue
            seen.add(address)
            if address.endswith("/"):
                if depth < _DEPTH and len(seen) < _MOST_FOLDERS * 1000:
                    waiting.append((address, depth + 1))
            elif re.search(r"fits(\.gz)?$", urlsplit(address).path, re.IGNORECASE):
                files.append(address)
    return sorted(files)


def _links(fetcher: Fetcher, folder: str) -> list[str]:
    page = html.fromstring(fetcher.fetch(folder).content or b"<html/>")
    return [urljoin(folder, str(link)) for link in page.xpath("//a/@href") if not str(link).startswith(("?", "#"))]
