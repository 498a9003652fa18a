"""STILTS' votlint on the replies of the services, and datalinklint on those of DataLink."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.acceptance.stilts import stilts
from tests.instances import Instance

ADQL = "SELECT TOP 40 * FROM {}"
TABLEDATA = "application/x-votable+xml;serialization=tabledata"
CONE = {"RA": "240.083", "DEC": "-22.622", "SR": "30"}

#: The xtype that DaCHS' ObsCore gives to t_min and t_max; DALI has no word for MJD.
ALLOWED = 'Non-DALI xtype value "mjd"'

#: What datalinklint says of DaCHS 2.7 itself, and why that may be.
ALLOWED_OF_DATALINK = {
    "E-DLCT": "Java says Accept: text/html, so DaCHS takes STILTS for a browser and gives text/xml with a style sheet",
    "E-RUCD": "DaCHS 2.7 gives service_def the UCD meta.code; DataLink 1.0 has meta.ref; no service is defined here",
    "E-SMCO": "STILTS 3.4.7 lists the terms of DataLink 1.0; #documentation was added to the vocabulary in 2021",
}

REPLIES = {
    "TAP, BINARY": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("oidb.oidb")}),
    "TAP, TABLEDATA": ("/tap/sync", {"LANG": "ADQL", "FORMAT": "votable/td", "QUERY": ADQL.format("oidb.oidb")}),
    "TAP, BINARY2": ("/tap/sync", {"LANG": "ADQL", "FORMAT": "votable/b2", "QUERY": ADQL.format("oidb.oidb")}),
    "ObsCore": ("/tap/sync", {"LANG": "ADQL", "FORMAT": "votable/td", "QUERY": ADQL.format("ivoa.obscore")}),
    "exposures": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("obsportal.exposure")}),
    "exposures, TABLEDATA": (
        "/tap/sync",
        {"LANG": "ADQL", "FORMAT": "votable/td", "QUERY": ADQL.format("obsportal.exposure")},
    ),
    "baselines": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("obsportal.baseline")}),
    "observations": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("obsportal.observation")}),
    "targets": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("obsportal.target")}),
    "SCS of exposures": ("/obsportal/q/scs/scs.xml", CONE | {"RESPONSEFORMAT": TABLEDATA}),
    "diameters": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("jmdc.jmdc")}),
    "bad calibrators": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("badcal.badcal")}),
    "SCS of diameters": ("/jmdc/q/scs/scs.xml", CONE | {"RESPONSEFORMAT": TABLEDATA}),
    "SCS of diameters, all": ("/jmdc/q/scs/scs.xml", CONE | {"SR": "180"}),
    "SCS of bad calibrators": ("/badcal/q/scs/scs.xml", CONE | {"SR": "360", "RESPONSEFORMAT": TABLEDATA}),
    "SCS of exposures, metadata": ("/obsportal/q/scs/scs.xml", CONE | {"SR": "0"}),
    "collections": ("/tap/sync", {"LANG": "ADQL", "QUERY": ADQL.format("oidb.collection")}),
    "TAP error": ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT nonsense FROM oidb.oidb"}),
    "SCS, BINARY": ("/oidb/q/scs/scs.xml", CONE | {"RESPONSEFORMAT": "votable"}),
    "SCS, TABLEDATA": ("/oidb/q/scs/scs.xml", CONE | {"RESPONSEFORMAT": TABLEDATA}),
    "SCS metadata": ("/oidb/q/scs/scs.xml", CONE | {"SR": "0"}),
    "SCS error": ("/oidb/q/scs/scs.xml", CONE | {"RA": "nowhere"}),
}


@pytest.mark.parametrize("reply", REPLIES)
def test_votlint(site: Instance, reply: str) -> None:
    path, parameters = REPLIES[reply]
    with site.get(path, parameters) as answer:
        assert reply == "TAP error" or "x-votable+xml" in answer.headers["Content-Type"]
        serialisation = reply.rpartition(", ")[2]
        assert serialisation not in ("BINARY", "BINARY2", "TABLEDATA") or f"<{serialisation}>" in answer.read().decode()
    report = stilts("votlint", f"votable={site.base}{path}?{urlencode(parameters)}")
    assert [line for line in report.splitlines() if ALLOWED not in line and not line.startswith("INFO")] == []


def identifiers(tap: Any, rights: str, level: str = "> 0") -> list[str]:
    query = "SELECT TOP 3 obs_publisher_did FROM oidb.oidb WHERE data_rights {} AND calib_level {} ORDER BY id"
    return list(tap.run_sync(query.format(rights, level))["obs_publisher_did"])


@pytest.mark.parametrize("case", ["public", "private", "exposure", "private exposure", "unknown", "several", "none"])
def test_datalinklint(site: Instance, tap: Any, case: str) -> None:
    public, private = identifiers(tap, "= 'public'"), identifiers(tap, "!= 'public'")
    raw, private_raw = identifiers(tap, "= 'public'", "= 0"), identifiers(tap, "!= 'public'", "= 0")
    unknown = "ivo://oivo.example/~?oidb/987654321"
    chosen = {
        "public": public[:1],
        "private": private[:1],
        "unknown": [unknown],
        "exposure": raw[:1],
        "private exposure": private_raw[:1],
        "several": [*public, *raw, unknown, *private, *private_raw],
        "none": [],
    }[case]
    url = f"{site.base}/oidb/q/dl/dlmeta?{urlencode([('ID', did) for did in chosen])}"
    report = stilts("datalinklint", f"votable={url}")
    complaints = [line for line in report.splitlines() if line.startswith(("E-", "W-", "F-"))]
    assert [line for line in complaints if line[:6] not in ALLOWED_OF_DATALINK] == [], report
    assert [line for line in complaints if line.startswith("E-SMCO") and "'documentation'" not in line] == []
    assert "Totals: " in report
    with site.get(url.removeprefix(site.base)) as reply:
        assert reply.headers["Content-Type"] == "application/x-votable+xml;content=datalink"
