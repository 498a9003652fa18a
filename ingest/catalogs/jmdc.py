"""A measured stellar diameter as the JMDC has it, and the rules that one must keep.

Columns as in VizieR II/345 and in the service's CSV. Errors keep an entry out; warnings are for whoever reviews it:
the published catalogue itself has entries that raise them. May import `ingest.catalogs.bands`,
`ingest.catalogs.findings`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from ingest.catalogs.bands import BAND_LETTERS, METHODS, fits_code, wavelengths_of
from ingest.catalogs.findings import Finding, Severity, in_order


@dataclass(frozen=True)
class Measurement:
    """One measurement of one star in one publication.

    Attributes
    ----------
    id1
        Normalised star name, preferably HD.
    id2
        Name in the publication.
    ud_diam, ld_diam, e_ld_diam
        Uniform-disk and limb-darkened diameter and the error of both, mas.
    band
        Free text: see `ingest.catalogs.bands`.
    mu_lambda
        Factor from uniform-disk to limb-darkened diameter that the authors used.
    method, bandcode
        Codes: `METHODS`, `BAND_LETTERS`.
    bibcode
        19 characters; with dots where the publication is not in ADS.
    sinpe
        Whether id1 is not precise enough: a component of a close double.
    """

    id1: str
    id2: str = ""
    ud_diam: float | None = None
    ld_diam: float | None = None
    e_ld_diam: float | None = None
    band: str = ""
    mu_lambda: float | None = None
    method: int = 1
    bandcode: int | None = None
    notes: str = ""
    bibcode: str = ""
    sinpe: bool | None = None

    @property
    def diameter(self) -> float | None:
        """The limb-darkened diameter, else that of the uniform disk, mas."""
        return self.ld_diam if self.ld_diam is not None else self.ud_diam


#: Names of the columns, in the catalogue's order.
COLUMNS = tuple(field.name for field in fields(Measurement))


@dataclass(frozen=True)
class Rule:
    """A rule: its name, the field it is about, what it does, and its test, which gives a message or nothing."""

    name: str
    field: str
    severity: Severity
    test: Callable[[Measurement], str | None]


#: Largest diameter that is believed, mas; R Dor has 57, shells and spots up to 420 are in the catalogue.
LARGEST = 1000.0
#: Form of a bibcode: year, then a journal, volume, qualifier, page, and the author's letter or a dot.
_BIBCODE = re.compile(r"[12]\d{3}[A-Za-z&.+]{5}[\w.]{4}[\w.:][\w.]{4}[A-Z.:]", re.ASCII)
_PLACEHOLDER = "............"
_LONGEST = {"id1": 28, "id2": 28, "band": 10, "notes": 400}


def is_placeholder(bibcode: str) -> bool:
    """Tell whether a bibcode only stands for a publication that is not in ADS."""
    return _PLACEHOLDER in bibcode


def _line(name: str) -> Callable[[Measurement], str | None]:
    def test(entry: Measurement) -> str | None:
        text, longest = str(getattr(entry, name)), _LONGEST[name]
        if not text.isprintable():
            return "has control characters"
        if name != "notes" and "," in text:
            return "has a comma, which today's clients take for the end of the field"
        return f"has {len(text)} characters, {longest} are possible" if len(text) > longest else None

    return test


def _in_range(name: str, highest: float, unit: str) -> Callable[[Measurement], str | None]:
    def test(entry: Measurement) -> str | None:
        value = getattr(entry, name)
        # also where it is not a number
        return None if value is None or 0 < value <= highest else f"{value} is not between 0 and {highest:g}{unit}"

    return test


def _diameter(entry: Measurement) -> str | None:
    return "a uniform-disk or a limb-darkened diameter is needed" if entry.diameter is None else None


def _bibcode(entry: Measurement) -> str | None:
    if len(entry.bibcode) != 19 or not (is_placeholder(entry.bibcode) or _BIBCODE.fullmatch(entry.bibcode)):
        return f"{entry.bibcode!r} is no bibcode (19 characters)"
    return None


def _not_in_ads(entry: Measurement) -> str | None:
    return "the publication is not in ADS" if is_placeholder(entry.bibcode) else None


def _order(entry: Measurement) -> str | None:
    ud, ld = entry.ud_diam, entry.ld_diam
    if not ud or not ld:
        return None
    if ld < ud:
        return f"the limb-darkened diameter {ld:g} is less than that of the uniform disk, {ud:g}"
    return f"it is {ld / ud:.2f} times the uniform disk's; 1.4 is much for any star" if ld > 1.4 * ud else None


def _factor(entry: Measurement) -> str | None:
    ud, ld, factor = entry.ud_diam, entry.ld_diam, entry.mu_lambda
    if factor is None:
        return None
    if not 0.98 <= factor <= 1.4:
        return f"{factor:g} is no factor from uniform-disk to limb-darkened diameter (1 to 1.4)"
    if not ud or not ld or abs(ld / ud - factor) <= 0.02 * factor:
        return None
    return f"the diameters have the ratio {ld / ud:.4g}, not {factor:g}"


def _error(entry: Measurement) -> str | None:
    error, value = entry.e_ld_diam, entry.diameter
    if error is None or value is None:
        return None
    if error > value:
        return f"the error {error:g} is larger than the diameter {value:g}"
    return f"an error of {100 * error / value:.2g} % is better than any calibration" if error < 0.0005 * value else None


def _no_error(entry: Measurement) -> str | None:
    return "there is no error" if entry.e_ld_diam is None else None


def _readable_band(entry: Measurement) -> str | None:
    if not entry.band:
        return "there is no band"
    return None if wavelengths_of(entry.band) else f"{entry.band!r} tells no wavelength"


def _band_code(entry: Measurement) -> str | None:
    waves = wavelengths_of(entry.band)
    if waves is None or entry.bandcode not in BAND_LETTERS or fits_code(waves, entry.bandcode):
        return None
    return (
        f"{entry.bandcode} is {BAND_LETTERS[entry.bandcode]}, but the band {entry.band!r} is at {waves.middle:.3g} µm"
    )


def _code(name: str, codes: Iterable[int]) -> Callable[[Measurement], str | None]:
    known = tuple(codes)

    def test(entry: Measurement) -> str | None:
        value = getattr(entry, name)
        if value in known or (value is None and name == "bandcode"):
            return None
        return f"{value} is none of {known[0]} to {known[-1]}"

    return test


def _name(entry: Measurement) -> str | None:
    return None if any(sign.isalnum() for sign in entry.id1) else "a star's name is needed"


RULES = (
    Rule("name", "id1", Severity.ERROR, _name),
    *(Rule(f"{name}-text", name, Severity.ERROR, _line(name)) for name in _LONGEST),
    Rule("diameter", "ud_diam", Severity.ERROR, _diameter),
    Rule("ud-range", "ud_diam", Severity.ERROR, _in_range("ud_diam", LARGEST, " mas")),
    Rule("ld-range", "ld_diam", Severity.ERROR, _in_range("ld_diam", LARGEST, " mas")),
    Rule("error-range", "e_ld_diam", Severity.ERROR, _in_range("e_ld_diam", LARGEST, " mas")),
    Rule("factor-range", "mu_lambda", Severity.ERROR, _in_range("mu_lambda", 10.0, "")),
    Rule("method", "method", Severity.ERROR, _code("method", METHODS)),
    Rule("band-code", "bandcode", Severity.ERROR, _code("bandcode", BAND_LETTERS)),
    Rule("bibcode", "bibcode", Severity.ERROR, _bibcode),
    Rule("not-in-ads", "bibcode", Severity.WARNING, _not_in_ads),
    Rule("ld-against-ud", "ld_diam", Severity.WARNING, _order),
    Rule("factor", "mu_lambda", Severity.WARNING, _factor),
    Rule("error-against-value", "e_ld_diam", Severity.WARNING, _error),
    Rule("no-error", "e_ld_diam", Severity.WARNING, _no_error),
    Rule("band-text", "band", Severity.WARNING, _readable_band),
    Rule("band-against-code", "bandcode", Severity.WARNING, _band_code),
)


def check(entry: Measurement) -> list[Finding]:
    """Apply all rules, errors first."""
    found = [Finding(rule.name, rule.field, rule.severity, message) for rule in RULES if (message := rule.test(entry))]
    return list(in_order(found))


def errors(entry: Measurement) -> list[Finding]:
    """Return what keeps an entry out."""
    return [finding for finding in check(entry) if finding.severity is Severity.ERROR]


def looks_like(entry: Measurement, other: Measurement) -> str | None:
    """Say why an entry of the same star may be the same measurement as another; None where it cannot.

    >>> a = Measurement("HD1", ld_diam=2.0, e_ld_diam=0.1, bibcode="2004A&A...426..601D")
    >>> looks_like(a, a)
    'the same publication has the same values'
    """
    values = (entry.ud_diam, entry.ld_diam, entry.e_ld_diam)
    same_values = values == (other.ud_diam, other.ld_diam, other.e_ld_diam)
    same_place = (entry.band, entry.method) == (other.band, other.method)
    if entry.bibcode == other.bibcode:
        if same_values:
            return "the same publication has the same values"
        return "the same publication has another value in the same band" if same_place else None
    return "another publication has the same values" if same_values else None
