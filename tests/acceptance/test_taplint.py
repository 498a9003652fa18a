"""STILTS' taplint on the whole TAP service: no error, no failure, and no warning without a reason."""

import re
from collections import Counter

from tests.acceptance.stilts import stilts
from tests.instances import Instance

#: All but LOC, which fails without a table ivoa.obsplan: nothing is planned here, data are archived.
STAGES = "TMV TME TMS TMC CPV CAP AVV QGE QPO QAS UWS MDQ OBS UPL EXA"

#: What taplint may say: its code, what it is about, and why it may.
ALLOWED = (
    ("W-CAP-CULF", "extra-adql-keywords", "DaCHS declares extensions of ADQL that no standard lists"),
    ("W-CAP-CPUL", "VOSI#capabilities", "DaCHS declares /__system__/tap/run/...; the fixed address works, too"),
    ("W-CAP-CPUL", "VOSI#tables", "DaCHS declares /__system__/tap/run/...; the fixed address works, too"),
    ("W-MDQ-DRXT", "t_min in table ivoa.obscore", "xtype mjd, which DaCHS writes into replies and not into /tables"),
    ("W-MDQ-DRXT", "t_max in table ivoa.obscore", "xtype mjd, which DaCHS writes into replies and not into /tables"),
    ("W-MDQ-DRXT", "local_night in table oidb.oidb", "DaCHS' /tables has no xtype for the type date, its replies have"),
    ("W-MDQ-CCAS", "sourcerd != sourceRD", "column of DaCHS' own in tap_schema"),
    ("W-UPL-YAR1", 'arraysize="1"', "DaCHS 2.7 writes it when an upload comes back"),
    ("W-EXA-EXVL", "InsidearegionoftheskygivenasMOC", "MOC() is DaCHS', in no standard's grammar; the query runs"),
    ("W-EXA-EXVC", "DALI-examples#", "DaCHS writes the vocabulary as TOPCAT 4.3 and 4.4 want it"),
)


def test_taplint(site: Instance) -> None:
    report = stilts("taplint", f"tapurl={site.tap}", "report=EWF", "maxrepeat=9999", f"stages={STAGES}")
    assert re.search(r"^Totals: ", report, re.MULTILINE), report
    messages = re.findall(r"^([EWF]-\w+-\w+)-\d+ (.*)$", report, re.MULTILINE)
    used: Counter[tuple[str, str]] = Counter()
    unexpected = []
    for code, text in messages:
        reasons = [(known, about) for known, about, _ in ALLOWED if known == code and about in text]
        used.update(reasons)
        if not reasons:
            unexpected.append(f"{code} {text}")
    assert not unexpected, "\n".join(unexpected)
    stale = [f"{code} {about}" for code, about, _ in ALLOWED if not used[code, about]]
    assert not stale, f"taplint no longer says: {stale}"
