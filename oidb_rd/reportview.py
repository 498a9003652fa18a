"""What the checker found, as a part of a page: for stored files and for those that were sent to the validator.

Names and messages come from strangers' files; twisted's templates escape them. May import ``ingest.oifits``, and DaCHS
for addresses.
"""

from collections import Counter
from itertools import groupby
from typing import Any

from gavo import base
from twisted.web.template import tags

from ingest.oifits.check import Report, load_rules
from ingest.oifits.check.rules import Rule
from ingest.oifits.model import Finding, Severity

#: Findings on a page: more are not read by anybody, and writing 300 takes 0.1 s of the server's time.
MOST_SHOWN = 300
#: So many messages of one rule stand in columns.
_MANY = 4
#: With so many rules or fewer all explanations are open; else those of severe findings.
_FEW_RULES = 3

_WORDS = {
    Severity.SEVERE: ("severe", "severe"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("note", "notes"),
}
RULES_PATH = "/validator/rules"


def report_from(name: str, profile: str, told: dict[str, Any]) -> Report:
    """Return a report that came as JSON from the process that made it."""
    found = tuple(
        Finding(
            rule=finding["rule"],
            message=finding["message"],
            hdu=finding["hdu"],
            extname=finding["table"],
            member=finding["member"],
            severity=Severity[finding["severity"]],
            occurrences=finding["occurrences"],
        )
        for finding in told["findings"]
    )
    return Report(name, profile, told["version"], found, told.get("error"))


def severity_word(severity: Severity) -> str:
    """Return the word for a severity; what oitools leaves undefined is as bad as can be."""
    return _WORDS.get(severity, _WORDS[Severity.SEVERE])[0]


def told_counts(report: Report) -> str:
    """Return the counts in words: ``1 severe, 3 warnings``."""
    numbers = Counter(severity_word(finding.severity) for finding in report.findings)
    told = [f"{numbers[one]} {one if numbers[one] == 1 else many}" for one, many in _WORDS.values() if numbers[one]]
    return ", ".join(told) or "nothing found"


def badges(report: Report) -> Any:
    """Return the counts by severity as badges."""
    numbers = Counter(severity_word(finding.severity) for finding in report.findings)
    made = [
        tags.li(class_=f"count is-{one}")[f"{numbers[one]} {one if numbers[one] == 1 else many}"]
        for one, many in _WORDS.values()
        if numbers[one]
    ]
    return tags.ul(class_="counts", **{"aria-label": "Findings"})[
        made or tags.li(class_="count is-fine")["nothing found"]
    ]


def findings(report: Report, heading: Any = tags.h2, most: int = MOST_SHOWN) -> Any:
    """Return the findings, by HDU; those of the whole file first. Of too many the worst are shown."""
    shown = sorted(report.findings, key=lambda finding: -_badness(finding))[:most]
    rules = {finding.rule for finding in shown}
    explained: set[str] = set()
    groups = []
    for hdu, group in groupby(sorted(shown, key=_place), key=lambda finding: finding.hdu):
        members = sorted(group, key=lambda finding: -_badness(finding))
        items = []
        for (rule, severity), same in groupby(members, key=lambda finding: (finding.rule, finding.severity)):
            first = rule not in explained and (len(rules) <= _FEW_RULES or _is_severe(severity))
            explained.add(rule)
            items.append(_item(load_rules().get(rule), list(same), open_=first))
        groups.append(
            tags.section(class_="hdu")[
                heading.clone()[_hdu_name(hdu, members[0].extname)], tags.ul(class_="findings")[items]
            ]
        )
    left = len(report.findings) - len(shown)
    more = tags.p(class_="hint")[f"{left} more findings are in the report as JSON."] if left else ""
    return tags.transparent[groups, more]


def _place(finding: Finding) -> tuple[int, int, str]:
    return (-1 if finding.hdu is None else finding.hdu, -_badness(finding), finding.rule)


def _badness(finding: Finding) -> int:
    return int(finding.severity or Severity.SEVERE)


def _is_severe(severity: Severity) -> bool:
    return severity_word(severity) == "severe"


def _hdu_name(hdu: int | None, extname: str) -> Any:
    if hdu is None:
        return "The file"
    return ["Primary header" if hdu == 0 else extname or "(no name)", tags.span(class_="where")[f" HDU {hdu}"]]


def _item(rule: Rule | None, found: list[Finding], *, open_: bool) -> Any:
    """Return what breaks one rule in one HDU, with the rule's meaning folded below it."""
    word = severity_word(found[0].severity)
    told: dict[str, list[Finding]] = {}
    for finding in found:
        told.setdefault(finding.message, []).append(finding)
    lines = [tags.li[_message(message, same, rule)] for message, same in told.items()]
    return tags.li(class_=f"finding is-{word}")[
        tags.span(class_=f"mark is-{word}")[word],
        tags.div[
            tags.ul(class_="messages many" if len(lines) > _MANY else "messages")[lines],
            _meaning(rule, found[0].rule, open_=open_),
        ],
    ]


def _message(message: str, found: list[Finding], rule: Rule | None) -> Any:
    """Return what was found, the members before it that it does not name, and how often."""
    text = message or (rule.asks if rule else found[0].rule)
    first = text.split(" ", 1)[0]
    members = [finding.member for finding in found if finding.member and finding.member not in text]
    times = sum(finding.occurrences for finding in found)
    return [
        [[tags.code[member], " "] for member in dict.fromkeys(members)],
        f"{text[:1].upper()}{text[1:]}" if first.islower() else text,
        [" ", tags.span(class_="times")[f"× {times:,}"]] if times > len(found) else "",
    ]


def _meaning(rule: Rule | None, name: str, *, open_: bool) -> Any:
    if rule is None:
        return tags.p(class_="rule")[tags.code[name]]
    return tags.details(open="open" if open_ else None)[
        tags.summary[tags.code[name], tags.span(class_="visually-hidden")[": what it means, how to repair it"]],
        explanation(rule),
    ]


def explanation(rule: Rule, *, source: bool = True) -> Any:
    """Return what a rule asks, what its breach means, how to repair it, and whose rule it is."""
    link = tags.a(href=base.makeSitePath(f"{RULES_PATH}#{rule.name}"))[source_of(rule)]
    rows = (
        ("Rule", _sentence(rule.asks)),
        ("Meaning", rule.explains),
        ("Repair", rule.repair),
        ("Source", link if source else ""),
    )
    return tags.dl(class_="meaning")[[[tags.dt[label], tags.dd[text]] for label, text in rows if text]]


def source_of(rule: Rule) -> str:
    """Return whose rule it is, and where it is written."""
    said = {"OIFITS": "OIFITS standard", "JMMC": "JMMC (oitools)", "oivo": "this checker"}.get(rule.source, rule.source)
    return f"{said}, {rule.paragraph}" if rule.paragraph else said


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
