"""The operator's file and what the data say, as the streams that the RDs take in: DaCHS' own way to share metadata.

The result is an RD, ``registry/meta`` in DaCHS' folder of inputs; ``<FEED source="registry/meta#oidb"/>`` at the top of
OiDB's RD gives title, description and so on, ``registry/meta#oidb-service`` in its service gives what belongs to the
record. Pure; may import ``ingest.registry``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ingest.registry.coverage import Facts, TestQuery
from ingest.registry.document import Document, Relation, Rights, ServiceText, real

#: Services with tables of their own, that a cone search finds.
CATALOGUES = ("oidb", "obsportal", "jmdc", "badcal")

#: Where a browser asks the same, if not at the service's own form; and the set of pages on DaCHS' list that the form
#: is in (the others publish theirs by themselves).
_PAGES = {
    "oidb": ("oidb/q/search/form", ""),
    "obsportal": ("obsportal/q/search/custom", ""),
    "jmdc": ("", "local"),
    "badcal": ("", "local"),
}

#: Everything is in this cone; where there is nothing, no test query finds anything.
_WHOLE_SKY = TestQuery(0.0, 0.0, 180.0)


@dataclass(frozen=True)
class Site:
    """What the settings say: authority, organisation, and whether the operator has published."""

    authority: str
    name: str
    organisation: str
    published: bool


def identifier(authority: str, service: str) -> str:
    """Return the identifier of a service's record: ``ivo://authority/oidb``."""
    return f"ivo://{authority}/{service}"


def streams(document: Document, facts: Mapping[str, Facts], site: Site) -> str:
    """Return the RD of all streams."""
    parts = []
    for name, service in document.services.items():
        known = facts.get(name, Facts())
        parts.append(_stream(name, [*_about(document, name, site), *_coverage(service, known)]))
        parts.append(_stream(f"{name}-service", _service(name, service, known, site)))
    parts.append(_stream("site-records", _site_records(document, site)))
    return (
        "<!-- Written by oivo from registry.toml and from the data; edit registry.toml instead. -->\n"
        '<resource schema="registry" resdir="registry">\n'
        '  <meta name="title">Metadata of the services</meta>\n'
        f"{''.join(parts)}</resource>\n"
    )


def _stream(name: str, lines: list[str] | Iterator[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f'  <STREAM id="{name}">\n{body}  </STREAM>\n'


def _meta(name: str, text: str, **attributes: str) -> str:
    # The sign clears what DaCHS' own RDs say before.
    more = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f'<meta name="{name}"{more}>{escape(text)}</meta>'


def _about(document: Document, name: str, site: Site) -> Iterator[str]:
    service = document.services[name]
    yield _meta("!title", service.title)
    yield _meta("!description", " ".join(service.description.split()))
    yield _meta("!creationDate", f"{service.created}T00:00:00Z")
    creators = [real(creator) for creator in document.creators_of(name) if real(creator)] or [site.organisation]
    yield _meta("!creator", "; ".join(creators))
    for key, values in (
        ("subject", service.subjects),
        ("contentLevel", service.content_level),
        ("type", service.type),
        ("facility", service.facilities),
        ("instrument", service.instruments),
        ("source", service.bibcodes),
    ):
        said = [value for value in values if real(value)]
        for number, value in enumerate(said):
            yield _meta(key if number else f"!{key}", value)
    if real(service.doi):
        yield _meta("doi", service.doi)
    yield from _rights(document.rights_of(name))
    for relation in service.relations:
        yield from _relation(relation, document, site)
    for news in service.news:
        yield _meta("_news", news.text, author=news.author or site.name, date=str(news.date))


def _rights(rights: Rights) -> Iterator[str]:
    licence, statement = real(rights.licence), real(rights.statement)
    if licence or statement:
        yield _meta("rights", statement or licence)
    if licence:
        yield _meta("rights.rightsURI", f"https://spdx.org/licenses/{licence}")


def _relation(relation: Relation, document: Document, site: Site) -> Iterator[str]:
    title, target = relation.title, relation.id
    if relation.service in document.services:
        title = document.services[relation.service].title
        target = identifier(site.authority, relation.service)
    if real(title):
        key = relation.type[:1].lower() + relation.type[1:]
        yield _meta(key, title, **({"ivoId": target} if real(target) else {}))


def _coverage(service: ServiceText, facts: Facts) -> Iterator[str]:
    for band in service.waveband:
        yield _meta("coverage.waveband", band)
    inner = [
        *([f"<spatial>{facts.spatial}</spatial>"] if facts.spatial else []),
        *(f"<temporal>{start:.5f} {end:.5f}</temporal>" for start, end in facts.temporal),
        *(f"<spectral>{low:.6g} {high:.6g}</spectral>" for low, high in facts.spectral),
    ]
    if inner:
        yield f"<coverage>{''.join(inner)}</coverage>"


def _service(name: str, service: ServiceText, facts: Facts, site: Site) -> Iterator[str]:
    yield _status(site)
    yield _meta("!identifier", identifier(site.authority, name))
    yield _meta("!shortName", service.short_name)
    # DaCHS' own date is that of the last import of the RD, which tells nothing of views.
    yield _meta("_dataUpdated", f"{facts.updated or service.created}T00:00:00Z")
    if real(service.reference_url):
        yield _meta("referenceURL", service.reference_url)
    if name in CATALOGUES:
        yield from _catalogue(name, service, facts)
    elif name == "obscore":
        # a copy of DaCHS' table, which brought these along
        yield _meta("!title", service.title)
        yield _meta("!description", " ".join(service.description.split()))
        yield _meta("utype", "ivo://ivoa.net/std/obscore#table-1.1")
        if service.registered:
            yield '<publish sets="ivo_managed"/>'


def _catalogue(name: str, service: ServiceText, facts: Facts) -> Iterator[str]:
    test = facts.test or _WHOLE_SKY
    for key, value in (("ra", test.ra), ("dec", test.dec), ("sr", test.sr)):
        yield _meta(f"testQuery.{key}", f"{value:g}")
    page, sets = _PAGES[name]
    if service.registered:
        yield '<publish render="scs.xml" sets="ivo_managed"/>'
        sets = ",".join(filter(None, ("ivo_managed", sets)))
    if sets:
        address = rf'<meta name="accessURL">\internallink{{{page}}}</meta>' if page else ""
        yield f'<publish render="form" sets="{sets}">{address}</publish>'


def _status(site: Site) -> str:
    # VOResource 1.1, section 2.2.1: registries keep inactive records from those who search.
    return _meta("status", "active" if site.published else "inactive")


def _site_records(document: Document, site: Site) -> Iterator[str]:
    """Yield the records of the authority, of the organisation and of the publishing registry."""
    created = f"{document.authority.created}T00:00:00Z"
    organisation = f"ivo://{site.authority}/organisation"
    homepage = real(document.organisation.homepage) or r"\getConfig{web}{serverURL}"
    yield '<resRec id="authority">'
    yield _meta("resType", "authority")
    yield from (_meta("creationDate", created), _meta("_dataUpdated", created))
    yield _meta("title", real(document.authority.title) or f"Naming authority {site.authority}")
    yield _meta("shortName", "Authority")
    yield _meta("subject", "virtual-observatories")
    yield _meta("description", real(document.authority.description) or f"Identifiers of {site.name}.")
    yield _meta("identifier", f"ivo://{site.authority}")
    yield _meta("referenceURL", homepage)
    yield _meta("managingOrg", site.organisation)
    yield _meta("managingOrg.ivo-id", organisation)
    yield from (_status(site), _meta("sets", "ivo_managed"), "</resRec>")
    yield '<resRec id="organisation">'
    yield _meta("resType", "organization")
    yield from (_meta("creationDate", created), _meta("_dataUpdated", created))
    yield _meta("title", site.organisation)
    yield _meta("shortName", "Organisation")
    yield _meta("subject", "virtual-observatories")
    yield _meta("description", real(document.organisation.description) or f"{site.organisation} runs {site.name}.")
    yield _meta("type", "Organisation")
    yield _meta("identifier", organisation)
    yield _meta("referenceURL", homepage)
    if real(document.organisation.logo):
        yield f"<meta name='creator'>{escape(site.organisation)}</meta>"
        yield _meta("creator.logo", document.organisation.logo)
    yield from (_status(site), _meta("sets", "ivo_managed"), "</resRec>")
    yield '<service id="registry" allowed="pubreg.xml">'
    yield "<registryCore/>"
    yield '<publish render="pubreg.xml" sets="ivo_managed">'
    yield r'<meta name="accessURL">\getConfig{web}{serverURL}\getConfig{web}{nevowRoot}oai.xml</meta></publish>'
    yield _meta("resType", "registry")
    yield _meta("title", f"Publishing registry of {site.name}")
    yield _meta("shortName", "Registry")
    yield from (_meta("creationDate", created), _meta("_dataUpdated", created))
    yield _meta(
        "description", f"What the registries of the Virtual Observatory harvest of {site.name}: its services and data."
    )
    yield _meta("subject", "virtual-observatories")
    yield _meta("type", "Registry")
    yield _meta("managedAuthority", site.authority)
    yield _meta("harvest.description", f"The harvesting interface of {site.name}.")
    yield from (_status(site), "</service>")
