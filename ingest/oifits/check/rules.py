"""The rules as data: what each one asks, whose it is, how bad a breach is and how to repair it.

The table is ``rules.toml``. May import the standard library and ``ingest.oifits.model``.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ingest.oifits.model import Severity

#: The rules, severities and counts of oitools, for comparison.
JMMC = "jmmc"
#: oitools' rules without its known defects, and oivo's own; the default.
OIVO = "oivo"
PROFILES = (OIVO, JMMC)

OFF = "OFF"

_TABLE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class Override:
    """Another severity in some places; what is empty means everywhere.

    Attributes
    ----------
    profile, case
        Only under this profile; only in this case, which the check names.
    tables, members
        Only in these EXTNAMEs; only for these columns and keywords, ``FLUX*`` for all that begin so.
    severity
        None when the rule is switched off.
    why
        Why it differs.
    """

    severity: Severity | None
    profile: str = ""
    case: str = ""
    tables: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    why: str = ""

    def covers(self, profile: str, extname: str, member: str, case: str) -> bool:
        """Tell whether a finding falls under it."""
        return (
            self.profile in ("", profile)
            and self.case == case
            and (not self.tables or extname in self.tables)
            and (not self.members or any(_matches(member, pattern) for pattern in self.members))
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes
    ----------
    name
        As findings give it; the rules of oitools keep their names.
    source
        Whose rule it is: OIFITS (the standard), JMMC (oitools) or oivo.
    versions
        Of OIFITS to which it applies.
    paragraph
        Section of Pauls et al. 2005 (V1) or Duvert et al. 2017 (V2) it rests on; empty when on none.
    severity
        Of a breach.
    asks
        What must hold, in one clause.
    explains
        What a breach means for who uses the data.
    repair
        What to do about it.
    implied_by
        Rules whose breach cannot help breaching this one too.
    exceptions
        Where the severity is another one; the first that fits counts.
    """

    name: str
    source: str
    versions: tuple[int, ...]
    severity: Severity
    asks: str
    explains: str
    repair: str
    paragraph: str = ""
    implied_by: tuple[str, ...] = ()
    exceptions: tuple[Override, ...] = field(default=())

    def applies_in(self, profile: str) -> bool:
        """Tell whether a profile has the rule."""
        return profile == OIVO or self.source != "oivo"

    def severity_at(self, profile: str, extname: str, member: str, case: str) -> Severity | None:
        """Severity of a breach there; None when the profile has the rule switched off."""
        if not self.applies_in(profile):
            return None
        for exception in self.exceptions:
            if exception.covers(profile, extname, member, case):
                return exception.severity
        return self.severity


@cache
def load_rules() -> dict[str, Rule]:
    """All rules by name, in the order of the table.

    Raises
    ------
    TypeError, KeyError
        The table has a key or severity that is not known.
    """
    with _TABLE.open("rb") as stream:
        table = tomllib.load(stream)
    return {name: _rule(name, **entry) for name, entry in table.items()}


@lru_cache(maxsize=4096)
def severity_of(rule: str, profile: str, extname: str = "", member: str = "", case: str = "") -> Severity | None:
    """Severity of a breach of a rule; None when the profile has the rule switched off there."""
    return load_rules()[rule].severity_at(profile, extname, member, case)


def _rule(name: str, **entry: Any) -> Rule:
    made: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    made["exceptions"] = tuple(_override(**other) for other in made.pop("except", ()))
    return Rule(name=name, severity=Severity[made.pop("severity")], **made)


def _override(severity: str, **places: Any) -> Override:
    made: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in places.items()}
    return Override(None if severity == OFF else Severity[severity], **made)


def _matches(member: str, pattern: str) -> bool:
    return member.startswith(pattern[:-1]) if pattern.endswith("*") else member == pattern
