"""OAI-PMH 2.0 as harvesters speak it: verbs, errors, parts of lists, dates, both formats, all against the schemas.

The last tests write: what becomes of records when the operator publishes, leaves a service out, and changes nothing.
"""

import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from ingest.home import Home
from ingest.instance import registering
from ingest.instance.dachs import Dachs
from ingest.instance.registry import Registry
from ingest.jobs import find_job, run_job
from ingest.registry.schemas import complaints
from tests.build import regtap
from tests.instances import OPENER, Instance

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
AUTHORITY = "ivo://oivo.example"
ALL = {
    AUTHORITY,
    f"{AUTHORITY}/organisation",
    f"{AUTHORITY}/__system__/services/registry",
    *(f"{AUTHORITY}/{name}" for name in ("tap", "obscore", "oidb", "obsportal", "jmdc", "badcal")),
}


def ask(instance: Instance, query: str) -> Any:
    """The reply to a query string: valid, and its request as it should be."""
    with instance.get(f"/oai.xml?{query}") as reply:
        assert reply.headers.get_content_type() == "text/xml"
        document = reply.read()
    assert complaints(document) == []
    tree = etree.fromstring(document)
    assert tree.findtext(f"{_OAI}request") == f"{instance.base}/oai.xml"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", tree.findtext(f"{_OAI}responseDate"))
    return tree


def identifiers(tree: Any) -> list[str]:
    return [header.findtext(f"{_OAI}identifier") for header in tree.iter(f"{_OAI}header")]


def token_of(tree: Any) -> Any:
    return tree.find(f".//{_OAI}resumptionToken")


# the site is only read


def test_identify(site: Instance) -> None:
    tree = ask(site, "verb=Identify")
    said = {part.tag.removeprefix(_OAI): part.text for part in tree.find(f"{_OAI}Identify")}
    assert said["protocolVersion"] == "2.0"
    assert said["baseURL"] == f"{site.base}/oai.xml"
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert said["deletedRecord"] in ("transient", "persistent")
    assert tree.findtext(".//{*}description//managedAuthority") == "oivo.example"


def test_sets_and_formats(site: Instance) -> None:
    assert [part.text for part in ask(site, "verb=ListSets").iter(f"{_OAI}setSpec")] == ["ivo_managed"]
    for identifier in ("", f"&identifier={AUTHORITY}/oidb"):
        tree = ask(site, f"verb=ListMetadataFormats{identifier}")
        assert {part.text for part in tree.iter(f"{_OAI}metadataPrefix")} == {"ivo_vor", "oai_dc"}


@pytest.mark.parametrize("prefix", ["ivo_vor", "oai_dc"])
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_a_list_in_parts(site: Instance, verb: str, prefix: str) -> None:
    tree = ask(site, f"verb={verb}&metadataPrefix={prefix}&set=ivo_managed")
    found, sizes = [], []
    while True:
        part = identifiers(tree)
        token = token_of(tree)
        assert token.get("cursor") == str(len(found)) and token.get("completeListSize") == str(len(ALL))
        found += part
        sizes.append(len(part))
        if not token.text:  # the last part has an empty token
            break
        tree = ask(site, f"verb={verb}&resumptionToken={urllib.parse.quote(token.text)}")
    assert sorted(found) == sorted(ALL)
    assert len(sizes) > 1 and set(sizes[:-1]) == {5}


def test_by_post_too(site: Instance) -> None:
    body = urllib.parse.urlencode({"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}).encode()
    with OPENER.open(f"{site.base}/oai.xml", data=body, timeout=60) as reply:
        assert identifiers(etree.fromstring(reply.read()))


@pytest.mark.parametrize("prefix", ["ivo_vor", "oai_dc"])
def test_one_record(site: Instance, prefix: str) -> None:
    tree = ask(
        site, f"verb=GetRecord&metadataPrefix={prefix}&identifier={AUTHORITY.upper()}/OiDB".replace("IVO:", "ivo:")
    )
    assert identifiers(tree) == [f"{AUTHORITY}/oidb"]
    assert tree.findtext(".//{*}metadata//{*}title") == "OiDB, the Optical Interferometry Database"
    assert dict(tree.find(f"{_OAI}request").attrib)["metadataPrefix"] == prefix


ERRORS = {
    "": "badVerb",
    "verb=": "badVerb",
    "verb=Harvest": "badVerb",
    "verb=listRecords": "badVerb",
    "verb=Identify&verb=Identify": "badVerb",
    "verb=Identify&set=ivo_managed": "badArgument",
    "verb=ListSets&metadataPrefix=oai_dc": "badArgument",
    "verb=ListRecords": "badArgument",
    "verb=GetRecord&metadataPrefix=oai_dc": "badArgument",
    f"verb=GetRecord&identifier={AUTHORITY}": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&maxRecords=3": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-1-1": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&until=2026-01-01T00:00:00": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x": "badArgument",
    "verb=ListRecords&resumptionToken=x": "badResumptionToken",
    "verb=ListRecords&resumptionToken=e30=": "badResumptionToken",
    "verb=ListRecords&resumptionToken=W10=": "badResumptionToken",
    "verb=ListSets&resumptionToken=x": "badResumptionToken",
    "verb=ListRecords&metadataPrefix=marc21": "cannotDisseminateFormat",
    f"verb=GetRecord&metadataPrefix=marc21&identifier={AUTHORITY}/oidb": "cannotDisseminateFormat",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=ivo://nobody/nothing": "idDoesNotExist",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=%27": "idDoesNotExist",
    "verb=ListMetadataFormats&identifier=ivo://nobody/nothing": "idDoesNotExist",
    "verb=ListRecords&metadataPrefix=oai_dc&until=1999-12-31": "noRecordsMatch",
    "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2199-12-31T00:00:00Z": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=local": "noRecordsMatch",
}


@pytest.mark.parametrize(("query", "code"), ERRORS.items(), ids=ERRORS)
def test_errors(site: Instance, query: str, code: str) -> None:
    tree = ask(site, query)
    assert [error.get("code") for error in tree.iter(f"{_OAI}error")] == [code]
    attributes = dict(tree.find(f"{_OAI}request").attrib)
    # OAI-PMH 2.0, section 3.2
    expected = {} if code in ("badVerb", "badArgument") else dict(urllib.parse.parse_qsl(query))
    assert attributes == expected
    assert not re.search(r"/\w+/\w+\.py|Traceback|psycopg|SELECT", etree.tostring(tree).decode())


def test_a_token_of_another_verb_is_refused(site: Instance) -> None:
    token = urllib.parse.quote(token_of(ask(site, "verb=ListIdentifiers&metadataPrefix=oai_dc")).text)
    tree = ask(site, f"verb=ListRecords&resumptionToken={token}")
    assert tree.find(f"{_OAI}error").get("code") == "badResumptionToken"


def test_dates_bound_what_is_listed(site: Instance) -> None:
    stamps = {
        record.findtext(f".//{_OAI}identifier"): record.findtext(f".//{_OAI}datestamp")
        for record in regtap.harvest(site)
    }
    moment = sorted(stamps.values())[len(stamps) // 2]
    for query, wanted in (
        (f"from={moment}", {name for name, stamp in stamps.items() if stamp >= moment}),
        (f"until={moment}", {name for name, stamp in stamps.items() if stamp <= moment}),
        (f"from={moment}&until={moment}", {name for name, stamp in stamps.items() if stamp == moment}),
        (
            f"from={moment[:10]}&until={moment[:10]}",
            {name for name, stamp in stamps.items() if stamp[:10] == moment[:10]},
        ),
    ):
        tree = ask(site, f"verb=ListIdentifiers&metadataPrefix=oai_dc&{query}")
        token = token_of(tree)
        assert (int(token.get("completeListSize")) if token is not None else len(identifiers(tree))) == len(wanted)
        assert set(identifiers(tree)) <= wanted


def test_records_date_from_when_they_changed_and_are_closed_at_first(site: Instance) -> None:
    for record in regtap.harvest(site):
        resource = record.find(".//{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource")
        assert resource.get("updated") == record.findtext(f".//{_OAI}datestamp") > "2026"
        # nobody has published this site: registries keep it to themselves
        assert resource.get("status") == "inactive"


def test_records_cover_what_the_archive_has(site: Instance) -> None:
    record = next(part for part in regtap.harvest(site) if part.findtext(".//identifier") == f"{AUTHORITY}/oidb")
    ((first, last),) = site.sql("SELECT min(t_min), max(t_max) FROM archive.dataset")
    spans = [tuple(map(float, part.text.split())) for part in record.findall(".//coverage/temporal")]
    assert spans[0][0] == pytest.approx(first, abs=1e-4) and spans[-1][1] == pytest.approx(last, abs=1e-4)
    ((outside,),) = site.sql(
        """SELECT count(*) FROM archive.dataset WHERE s_ra IS NOT NULL
           AND NOT smoc(%s) @> spoint(radians(s_ra), radians(s_dec))""",
        [record.findtext(".//coverage/spatial")],
    )
    assert outside == 0


# the other site is written


@pytest.fixture
def registry(exposures_site: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The registry of an instance that has exposures, on localhost, with placeholders; all is put back at the end."""
    monkeypatch.setenv("OIVO_PORT", str(exposures_site.port))
    # one that has read the settings with this port
    registry = Registry(Home(exposures_site.home.root))
    before = registry.file.read_text(encoding="utf-8")
    yield registry
    registry.file.write_text(before, encoding="utf-8")
    registry.withdraw()
    registering.renew(registry, Dachs(registry.home))


def states(instance: Instance) -> dict[str, tuple[str, str]]:
    """Status and datestamp of each record."""
    found = {}
    for record in regtap.harvest(instance):
        header = record.find(f"{_OAI}header")
        resource = record.find(".//{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource")
        state = header.get("status") if resource is None else resource.get("status")
        found[header.findtext(f"{_OAI}identifier")] = (state, header.findtext(f"{_OAI}datestamp"))
    return found


def test_placeholders_are_not_published(exposures_site: Instance) -> None:
    before = states(exposures_site)
    for command in ("check", "publish"):
        done = exposures_site.oivo("registry", command, check=False)
        assert done.returncode == 1
        for word in ("site.base_url", "site.authority", "site.contact_email", "rights.licence", "creators[1]"):
            assert word in done.stderr, done.stderr
    assert states(exposures_site) == before
    assert {state for state, _ in before.values()} == {"inactive"}


def test_life_of_records(exposures_site: Instance, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    # what an operator says is checked by unit tests; here it is what it is
    monkeypatch.setattr(registering, "examine", lambda document, settings: [])
    home = registry.home
    at_first = states(exposures_site)

    def edit(service: str) -> None:
        text = registry.file.read_text(encoding="utf-8")
        registry.file.write_text(text.replace(f"[{service}]\n", f"[{service}]\nregistered = false\n"), encoding="utf-8")

    for service in ("jmdc", "badcal"):
        edit(service)
    assert registering.publish(home) == []
    published = states(exposures_site)
    gone = {name for name, (state, _) in published.items() if state == "deleted"}
    assert gone == {f"{AUTHORITY}/jmdc", f"{AUTHORITY}/badcal"}
    assert {state for name, (state, _) in published.items() if name not in gone} == {"active"}
    assert all(published[name][1] > stamp for name, (_, stamp) in at_first.items())
    tree = ask(exposures_site, f"verb=GetRecord&metadataPrefix=ivo_vor&identifier={AUTHORITY}/jmdc")
    assert tree.find(f".//{_OAI}header").get("status") == "deleted" and tree.find(f".//{_OAI}metadata") is None

    # What does not change keeps its date.
    assert run_job(home, find_job("registry")) == "nothing has changed"
    registering.renew(registry, Dachs(home))
    assert states(exposures_site) == published
