"""A table of cases: every field of JMDC and BadCal with what cannot be in it.

Drives the rules, the desk, the HTTP interface and the pages. Texts as forms and programs bring them.
"""

from dataclasses import dataclass

BIBCODE = "2003A&A...408..681K"

#: An entry of each catalogue without errors and warnings.
GOOD: dict[str, dict[str, str]] = {
    "jmdc": {
        "id1": "HD172167",
        "id2": "Vega",
        "ra": "",
        "dec": "",
        "ud_diam": "3.202",
        "ld_diam": "3.258",
        "e_ld_diam": "0.011",
        "band": "K",
        "mu_lambda": "1.0175",
        "method": "1",
        "bandcode": "8",
        "notes": "a note, with a comma",
        "bibcode": BIBCODE,
        "sinpe": "0",
    },
    "badcal": {
        "name": "HD 48915",
        "ra": "101.28715",
        "dec": "-16.71612",
        "reason": "binary",
        "evidence": "closure phases of 10 deg",
        "evidence_did": "",
        "interferometer": "VLTI",
        "instrument": "PIONIER",
        "baseline": "130.2",
        "wavelength": "1.65",
        "observed": "2020-02-29",
        "bibliography": "2020A&A...600A...1X",
        "reporter": "A. Reporter",
        "affiliation": "An institute",
        "address": "a.reporter@example.org",
    },
}


@dataclass(frozen=True)
class Case:
    """A value that an entry, otherwise good, cannot have, or should not.

    Attributes
    ----------
    rule
        Which finding says so.
    field
        That the finding is about, where it is another one than ``changed``.
    severe
        Whether it keeps the entry out.
    """

    catalogue: str
    changed: str
    value: str
    rule: str
    severe: bool = True
    field: str = ""

    @property
    def about(self) -> str:
        return self.field or self.changed

    @property
    def row(self) -> dict[str, str]:
        """The whole entry."""
        return GOOD[self.catalogue] | {self.changed: self.value}

    def __str__(self) -> str:
        return f"{self.catalogue}-{self.changed}-{self.value[:20]!a}"


#: What no text can hold: control characters, those that turn the direction of writing, halves of pairs.
_UNPRINTABLE = ("HD1\x00", "\x1b[2J", "a\x7fb", "\u202eab", "a\x85b")
#: What no number can be.
_NO_NUMBERS = ("x", "1,5", "1 2", "--1", "0x10", "1_0", "nan", "inf", "-inf", "١", "1e", "1;DROP TABLE archive.account")
_TOO_LARGE = ("1e999", "1e300")
_NO_DIAMETERS = ("0", "-1", "-5", "1000.1")


def _each(catalogue: str, field: str, rule: str, *values: str, severe: bool = True) -> tuple[Case, ...]:
    return tuple(Case(catalogue, field, value, rule, severe) for value in values)


_JMDC = (
    *_each("jmdc", "id1", "missing", "", "  ", "\n"),
    *_each("jmdc", "id1", "name", "...", "--"),
    *_each("jmdc", "id1", "id1-text", "HD 1, HD 2", "H" * 29, *_UNPRINTABLE),
    *_each("jmdc", "id1", "unreadable", "H" * 20_000),
    *_each("jmdc", "id1", "unknown-star", "nobody's star", "<script>alert(1)</script>", "' OR 1=1 --", "星"),
    *_each("jmdc", "id2", "id2-text", "a,b", "x" * 29, *_UNPRINTABLE),
    *_each("jmdc", "ra", "unreadable", "360", "-0.1", "24 00 00", "-6 45 08", "06 60 00", "279.23 deg", *_NO_NUMBERS),
    *_each("jmdc", "dec", "unreadable", "90.1", "-91", "+90 00 01", "38 47 61", "north", *_NO_NUMBERS),
    Case("jmdc", "ra", "279.23", "missing", field="dec"),
    Case("jmdc", "dec", "38.78", "missing", field="ra"),
    *(
        case
        for field, rule in (("ud_diam", "ud-range"), ("ld_diam", "ld-range"), ("e_ld_diam", "error-range"))
        for case in (
            *_each("jmdc", field, "unreadable", *_NO_NUMBERS),
            *_each("jmdc", field, rule, *_NO_DIAMETERS, *_TOO_LARGE),
        )
    ),
    *_each("jmdc", "ld_diam", "ld-against-ud", "3.1", "9", severe=False),
    *_each("jmdc", "e_ld_diam", "error-against-value", "7", "0.0001", severe=False),
    *_each("jmdc", "e_ld_diam", "no-error", "", severe=False),
    *_each("jmdc", "band", "band-text", "K,H", "K" * 11, *_UNPRINTABLE),
    *_each("jmdc", "band", "band-text", "", "various", "π", severe=False),
    *_each("jmdc", "mu_lambda", "unreadable", *_NO_NUMBERS),
    *_each("jmdc", "mu_lambda", "factor-range", "0", "-1", "11", *_TOO_LARGE),
    *_each("jmdc", "mu_lambda", "factor", "0.32", "1.2", severe=False),
    *_each("jmdc", "method", "missing", ""),
    *_each("jmdc", "method", "unreadable", "0", "4", "-1", "1.5", "optical", "nan", "<b>"),
    *_each("jmdc", "bandcode", "unreadable", "0", "13", "-1", "KK", "8.5", "nan"),
    *_each("jmdc", "bandcode", "band-against-code", "3", "V", severe=False),
    *_each("jmdc", "notes", "notes-text", "x" * 401, *_UNPRINTABLE),
    *_each("jmdc", "bibcode", "missing", ""),
    *_each(
        *("jmdc", "bibcode", "bibcode", BIBCODE[:-1], f"{BIBCODE}x", "3003A&A...408..681K", "2003A&A 408 681 K"),
        *("2003A,A...408..681K", "10.1051/0004-6361", "'; DROP TABLE x; --", *_UNPRINTABLE),
    ),
    *_each("jmdc", "bibcode", "future", "2098A&A...408..681K"),
    *_each("jmdc", "bibcode", "not-in-ads", "1978...............", severe=False),
    *_each("jmdc", "sinpe", "unreadable", "2", "-1", "perhaps", "1.5", "nan"),
    Case("jmdc", "ld_dia", "3.2", "unknown-field", severe=False),
)

_BADCAL = (
    *_each("badcal", "name", "missing", "", " \t"),
    *_each("badcal", "name", "name", "--", "HD 1, HD 2"),
    *_each("badcal", "name", "name-text", "x" * 81, *_UNPRINTABLE),
    *_each("badcal", "ra", "unreadable", "360", "-0.1", "24 00 00", "06 45", *_NO_NUMBERS),
    *_each("badcal", "dec", "unreadable", "90.1", "-91", "+90 00 01", *_NO_NUMBERS),
    Case("badcal", "ra", "", "missing"),
    Case("badcal", "dec", "", "missing"),
    *_each("badcal", "ra", "position", "101.4", "06 45 20", severe=False),
    *_each("badcal", "reason", "missing", ""),
    *_each("badcal", "reason", "unreadable", "bad", "1", "<b>", "binary; DROP TABLE x"),
    *_each("badcal", "evidence", "evidence-text", "x" * 2001, *_UNPRINTABLE),
    *_each("badcal", "evidence_did", "evidence-did", "https://elsewhere.example/x", "javascript:alert(1)"),
    *_each("badcal", "evidence_did", "evidence_did-text", "ivo://" + "x" * 300, "ivo://\x00"),
    *_each("badcal", "evidence_did", "no-such-data", "ivo://nowhere/~?oidb/1", "ivo://x' OR 1=1 --"),
    *_each("badcal", "interferometer", "interferometer-text", "x" * 41, *_UNPRINTABLE),
    *_each("badcal", "interferometer", "array", "a telescope", "CHARA", severe=False),
    *_each("badcal", "instrument", "instrument-text", "x" * 41, *_UNPRINTABLE),
    *_each("badcal", "instrument", "instrument", "a camera", severe=False),
    *_each("badcal", "baseline", "unreadable", *_NO_NUMBERS),
    *_each("badcal", "baseline", "baseline", "0", "-1", "20000", *_TOO_LARGE),
    *_each("badcal", "wavelength", "unreadable", *_NO_NUMBERS),
    *_each("badcal", "wavelength", "wavelength", "0", "-1", "1650", *_TOO_LARGE),
    *_each("badcal", "observed", "unreadable", "yesterday", "2020-02-30", "20200229", "29.02.2020", "2020-W01-1", "0"),
    *_each("badcal", "observed", "observed", "1066-01-01", "2200-01-01"),
    *_each("badcal", "observed", "future", "2099-12-31"),
    *_each("badcal", "bibliography", "bibliography-text", "x" * 401, *_UNPRINTABLE),
    *_each("badcal", "reporter", "reporter-text", "x" * 101, *_UNPRINTABLE),
    *_each("badcal", "affiliation", "affiliation-text", "x" * 201, *_UNPRINTABLE),
    *_each("badcal", "address", "address", "nobody", "a b@example.org", "a@b", "<a@b.c>"),
    *_each("badcal", "address", "address-text", "a@" + "x" * 260 + ".org", "a\x00@example.org"),
    Case("badcal", "comment", "x", "unknown-field", severe=False),
)

CASES = (*_JMDC, *_BADCAL)
#: Findings that need the archive or the clock; all others follow from the entry alone.
OF_THE_DESK = ("unknown-star", "position", "no-such-data", "future")
