"""What keeps a record out of the Virtual Observatory: each trouble with where it is and how to mend it.

May import ``ingest.registry.document``, ``ingest.settings`` and the standard library.
"""

import json
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.registry.document import Document, Relation, Rights, ServiceText, is_placeholder
from ingest.settings import SETTINGS, Settings

_VOCABULARIES = Path(__file__).resolve().parents[2] / "resdir/vocabularies.json"

#: VOResource 1.1, section 2.2.4, without IsCitedBy, which DaCHS does not write; the other two are DaCHS' own doing.
RELATIONS = frozenset(
    (
        "Cites",
        "Continues",
        "HasPart",
        "IsContinuedBy",
        "IsDerivedFrom",
        "IsIdenticalTo",
        "IsNewVersionOf",
        "IsPartOf",
        "IsPreviousVersionOf",
        "IsSourceOf",
        "IsSupplementTo",
        "IsSupplementedBy",
    )
)

#: Licences of the SPDX list (https://spdx.org/licenses) that are meant for data and texts.
LICENCES = frozenset(
    (
        "CC0-1.0",
        "PDDL-1.0",
        "CC-BY-3.0",
        "CC-BY-4.0",
        "CC-BY-SA-3.0",
        "CC-BY-SA-4.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-ND-4.0",
        "CC-BY-NC-ND-4.0",
        "ODbL-1.0",
        "ODC-By-1.0",
        "etalab-2.0",
        "DL-DE-BY-2.0",
        "DL-DE-ZERO-2.0",
        "OGL-UK-3.0",
    )
)

#: VOResource 1.1, section 2.2.1: "up to 16 characters".
_LONGEST_SHORT_NAME = 16
_BIBCODE = re.compile(r"[12][0-9]{3}[A-Za-z&.][A-Za-z&.0-9]{13}[A-Z.:a-z]")
_IVOID = re.compile(r"ivo://[A-Za-z0-9][A-Za-z0-9._~!$'()*+,;=-]{2,}(/[^\s\"<>?#]*)?")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
#: Names that RFC 2606 and RFC 6761 keep from the network, and loopback.
_NO_HOST = re.compile(
    r"(.*\.)?(localhost|example|invalid|test|local|internal|example\.(com|org|net))|127\..*|0\.0\.0\.0|\[?::1\]?|", re.I
)


@dataclass(frozen=True)
class Trouble:
    """A reason not to publish.

    Attributes
    ----------
    file
        ``registry.toml``, ``oivo.toml``, or the record's identifier.
    place
        Key or line in it.
    problem, remedy
        What is wrong, and what to do.
    """

    file: str
    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.problem} ({self.remedy})"


def examine(document: Document, settings: Settings) -> list[Trouble]:
    """Return everything that is wrong with the operator's file and with the settings that go into records."""
    return [*_settings(settings), *_placeholders(document), *_site(document), *_services(document)]


@cache
def terms(vocabulary: str) -> frozenset[str]:
    """Return the terms of a vocabulary of the IVOA that oivo knows without the network."""
    known = json.loads(_VOCABULARIES.read_text(encoding="utf-8"))
    return frozenset(known[vocabulary]["terms"])


def _settings(settings: Settings) -> Iterator[Trouble]:
    defaults = {setting.key: setting.default for setting in SETTINGS}
    for key in ("site.organisation", "site.contact_name", "site.contact_email", "site.authority"):
        if settings[key] == defaults[key]:
            yield Trouble("oivo.toml", key, f"{settings[key]!r} is a placeholder", "say yours")
    authority = settings.text("site.authority")
    if authority != defaults["site.authority"] and _NO_HOST.fullmatch(authority):
        yield Trouble("oivo.toml", "site.authority", f"{authority!r} belongs to nobody", "use a domain name of yours")
    email = settings.text("site.contact_email")
    if email != defaults["site.contact_email"] and (
        not _EMAIL.fullmatch(email) or _NO_HOST.fullmatch(email.rpartition("@")[2])
    ):
        yield Trouble("oivo.toml", "site.contact_email", f"nobody is reached at {email!r}", "use a public address")
    if problem := unreachable(settings.base_url):
        yield Trouble(
            "oivo.toml", "site.base_url", f"{settings.base_url} {problem}", "set the public address of the site"
        )


def unreachable(address: str) -> str:
    """Return why nobody elsewhere can follow an address, or an empty text."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return "is no web address"
    if _NO_HOST.fullmatch(parts.hostname or "") or "." not in (parts.hostname or ""):
        return "is not reached from elsewhere"
    return ""


def _placeholders(document: Document) -> Iterator[Trouble]:
    for place, text in _texts(document, ""):
        if is_placeholder(text):
            yield Trouble("registry.toml", place, f"{text} is a placeholder", "say yours")


def _texts(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, tuple):
        for number, part in enumerate(value, 1):
            yield from _texts(part, f"{place}[{number}]")
    elif hasattr(value, "__dataclass_fields__"):
        for name, part in vars(value).items():
            yield from _texts(part, f"{place}.{name}" if place else name)


def _site(document: Document) -> Iterator[Trouble]:
    if not document.creators:
        yield Trouble("registry.toml", "creators", "nobody is named", 'name at least one: ["Surname, I."]')
    for place, name in _texts(document, ""):
        if "creators[" in place and (not name.strip() or ";" in name):
            yield Trouble("registry.toml", place, f"{name!r} is not one name", 'write ["Surname, I.", "Other, J."]')
    for name in ("title", "description"):
        yield from _wanted(f"authority.{name}", getattr(document.authority, name))
    yield from _address("organisation.homepage", document.organisation.homepage, needed=True)
    yield from _address("organisation.logo", document.organisation.logo)
    yield from _wanted("organisation.description", document.organisation.description)
    yield from _wanted("contact.address", document.contact.address)
    yield from _rights("rights", document.rights)


def _services(document: Document) -> Iterator[Trouble]:
    short: dict[str, str] = {}
    for name, service in document.services.items():
        yield from _service(name, service, document.services)
        if service.short_name.lower() in short:
            yield Trouble(
                "registry.toml",
                f"{name}.short_name",
                f"{short[service.short_name.lower()]} has the same",
                "let them differ",
            )
        short[service.short_name.lower()] = name


def _service(name: str, service: ServiceText, services: Mapping[str, ServiceText]) -> Iterator[Trouble]:
    for key in ("title", "short_name", "description"):
        yield from _wanted(f"{name}.{key}", getattr(service, key))
    if len(service.short_name) > _LONGEST_SHORT_NAME:
        problem = f"{service.short_name!r} has {len(service.short_name)} characters"
        yield Trouble("registry.toml", f"{name}.short_name", problem, f"at most {_LONGEST_SHORT_NAME}")
    yield from _terms(f"{name}.subjects", service.subjects, "uat", needed=True)
    yield from _terms(f"{name}.waveband", service.waveband, "messenger")
    yield from _terms(f"{name}.content_level", service.content_level, "voresource/content_level", needed=True)
    yield from _terms(f"{name}.type", service.type, "voresource/content_type", needed=True)
    yield from _address(f"{name}.reference_url", service.reference_url)
    for number, bibcode in enumerate(service.bibcodes, 1):
        if not is_placeholder(bibcode) and not _BIBCODE.fullmatch(bibcode):
            place = f"{name}.bibcodes[{number}]"
            yield Trouble("registry.toml", place, f"{bibcode!r} is no bibcode", "19 characters: 2016yCat.2345....0D")
    if service.doi and not is_placeholder(service.doi) and not _DOI.fullmatch(service.doi):
        yield Trouble("registry.toml", f"{name}.doi", f"{service.doi!r} is no DOI", "write it as 10.5072/example")
    if service.rights:
        yield from _rights(f"{name}.rights", service.rights)
    for number, relation in enumerate(service.relations, 1):
        yield from _relation(f"{name}.relations[{number}]", relation, name, services)


def _relation(place: str, relation: Relation, own: str, services: Mapping[str, ServiceText]) -> Iterator[Trouble]:
    if relation.type not in RELATIONS:
        yield Trouble("registry.toml", place, f"there is no relation {relation.type!r}", ", ".join(sorted(RELATIONS)))
    if relation.service:
        others = [name for name in services if name != own]
        if relation.service not in others:
            yield Trouble(
                "registry.toml", place, f"there is no other service {relation.service!r}", f"one of {', '.join(others)}"
            )
        if relation.title or relation.id:
            yield Trouble("registry.toml", place, "has a service and a title or id", "give one or the other")
        return
    yield from _wanted(f"{place}.title", relation.title)
    if relation.id and not is_placeholder(relation.id) and not _IVOID.fullmatch(relation.id):
        yield Trouble("registry.toml", place, f"{relation.id!r} is no identifier", "write it as ivo://authority/name")


def _rights(place: str, rights: Rights) -> Iterator[Trouble]:
    if not is_placeholder(rights.licence) and rights.licence not in LICENCES:
        known = ", ".join(sorted(LICENCES))
        yield Trouble(
            "registry.toml", f"{place}.licence", f"{rights.licence!r} is no licence for data", f"one of {known}"
        )


def _terms(place: str, values: tuple[str, ...], vocabulary: str, *, needed: bool = False) -> Iterator[Trouble]:
    known = terms(vocabulary)
    if needed and not values:
        yield Trouble("registry.toml", place, "is empty", f"terms of http://www.ivoa.net/rdf/{vocabulary}")
    for value in values:
        if value not in known and not is_placeholder(value):
            remedy = f"one of {', '.join(sorted(known))}"
            if vocabulary == "uat":
                remedy += (
                    "; another term of http://www.ivoa.net/rdf/uat must be added to resdir/vocabularies.json first"
                )
            yield Trouble("registry.toml", place, f"{value!r} is not in the vocabulary {vocabulary}", remedy)


def _address(place: str, value: str, *, needed: bool = False) -> Iterator[Trouble]:
    if is_placeholder(value) or (not value and not needed):
        return
    if problem := unreachable(value):
        yield Trouble("registry.toml", place, f"{value!r} {problem}", "write it as https://www.yours.org/…")


def _wanted(place: str, value: str) -> Iterator[Trouble]:
    if not value.strip():
        yield Trouble("registry.toml", place, "is empty", "say what it is")
