"""The operator's file for the registry, ``registry.toml``: read, and refused where a key or a type is wrong.

What the settings (``oivo.toml``) say is not in it: name and address of the site, organisation, contact, authority.
Whether the values make sense is for `ingest.registry.rules`. May import ``ingest.errors``.
"""

import dataclasses
import datetime
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import MisuseError

#: A text that only says what should stand there.
PLACEHOLDER = re.compile(r"\s*<[^<>]*>\s*")


class DocumentError(MisuseError):
    """``registry.toml`` cannot be used at all."""


def is_placeholder(text: str) -> bool:
    """Tell whether a text still is what the template has: words in angle brackets."""
    return bool(PLACEHOLDER.fullmatch(text))


def real(text: str) -> str:
    """Return a text, empty where it is a placeholder: records leave out what nobody has said yet."""
    return "" if is_placeholder(text) else text.strip()


@dataclass(frozen=True)
class Authority:
    """Who gives the identifiers; its name itself is the setting ``site.authority``."""

    title: str
    description: str
    created: datetime.date


@dataclass(frozen=True)
class Organisation:
    """Who runs the site; its name is the setting ``site.organisation``."""

    homepage: str
    description: str
    logo: str = ""


@dataclass(frozen=True)
class Contact:
    """Where questions go; name and e-mail address are ``site.contact_name`` and ``site.contact_email``."""

    address: str
    telephone: str = ""


@dataclass(frozen=True)
class Rights:
    """How the data may be used.

    Attributes
    ----------
    licence
        Identifier in the SPDX list: ``CC-BY-4.0``.
    statement
        In words, where more is to be said than the licence's name.
    """

    licence: str
    statement: str = ""


@dataclass(frozen=True)
class Relation:
    """How a service is related to another resource.

    Attributes
    ----------
    type
        Term of VOResource 1.1, section 2.2.4: ``IsDerivedFrom``.
    title
        Name of the other resource.
    id
        Its identifier, ``ivo://…``, or empty.
    service
        Instead of title and id: a service of this site.
    """

    type: str
    title: str = ""
    id: str = ""
    service: str = ""


@dataclass(frozen=True)
class News:
    """Something that users should know: shown on the service's page, its date in the record."""

    date: datetime.date
    text: str
    author: str = ""


@dataclass(frozen=True)
class ServiceText:
    """What the record of one service says beside what the data say themselves."""

    title: str
    short_name: str
    description: str
    created: datetime.date
    subjects: tuple[str, ...]
    waveband: tuple[str, ...] = ()
    content_level: tuple[str, ...] = ("Research",)
    type: tuple[str, ...] = ("Archive",)
    registered: bool = True
    creators: tuple[str, ...] = ()
    reference_url: str = ""
    bibcodes: tuple[str, ...] = ()
    doi: str = ""
    facilities: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    rights: Rights | None = None
    relations: tuple[Relation, ...] = ()
    news: tuple[News, ...] = ()


@dataclass(frozen=True)
class Document:
    """All of ``registry.toml``.

    Attributes
    ----------
    creators
        Who made the data, as ``Surname, I.``: of all services that name nobody themselves.
    """

    creators: tuple[str, ...]
    authority: Authority
    organisation: Organisation
    contact: Contact
    rights: Rights
    tap: ServiceText
    obscore: ServiceText
    oidb: ServiceText
    obsportal: ServiceText
    jmdc: ServiceText
    badcal: ServiceText

    @property
    def services(self) -> dict[str, ServiceText]:
        """The services by their names, in the order of the file."""
        return {name: value for name, value in vars(self).items() if isinstance(value, ServiceText)}

    def creators_of(self, service: str) -> tuple[str, ...]:
        """Return who made a service: whom it names, or those of the site."""
        return self.services[service].creators or self.creators

    def rights_of(self, service: str) -> Rights:
        """Return the rights of a service: its own, or those of the site."""
        return self.services[service].rights or self.rights


def load_document(path: Path) -> Document:
    """Read the operator's file.

    Raises
    ------
    DocumentError
        For a file that cannot be read, an unknown or missing key, a value of another type.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError(f"is not TOML: {error}", place=str(path), remedy="mend that line") from error
    document = _build(Document, content, "", path)
    assert isinstance(document, Document)
    return document


def _build(kind: type[Any], content: Any, where: str, path: Path) -> Any:
    if not isinstance(content, dict):
        raise DocumentError(f"{where} is no section", place=str(path))
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    known = ", ".join(fields)
    for name in content:
        if name not in fields:
            raise DocumentError(f"unknown key {where}{name}", place=str(path), remedy=f"known are: {known}")
    for name, field in fields.items():
        if name not in content and field.default is dataclasses.MISSING:
            raise DocumentError(
                f"{where}{name} is missing", place=str(path), remedy="take it from registry/registry.toml"
            )
    return kind(**{name: _value(hints[name], value, f"{where}{name}", path) for name, value in content.items()})


def _value(hint: Any, value: Any, where: str, path: Path) -> Any:
    if isinstance(hint, types.UnionType):
        hint = next(choice for choice in hint.__args__ if choice is not types.NoneType)
    if dataclasses.is_dataclass(hint):
        assert isinstance(hint, type)
        return _build(hint, value, f"{where}.", path)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise DocumentError(f"{where} must be a list", place=str(path), remedy='write it in brackets: ["…", "…"]')
        item = hint.__args__[0]
        return tuple(_value(item, part, f"{where}[{number}]", path) for number, part in enumerate(value, 1))
    # A moment is a day, too, for Python; a day is what is wanted.
    if not isinstance(value, hint) or isinstance(value, datetime.datetime):
        wanted: Mapping[type[Any], str] = {
            str: "a text in quotes",
            bool: "true or false",
            datetime.date: "a day: 2026-11-22",
        }
        raise DocumentError(f"{where} = {value!r}: {wanted[hint]} is wanted", place=str(path))
    if isinstance(value, str) and ("\\" in value or not value.replace("\n", "").replace("\t", "").isprintable()):
        # DaCHS takes what follows a backslash for a macro; XML has no control characters.
        raise DocumentError(f"{where} has a backslash or a control character", place=str(path), remedy="leave it out")
    return value
