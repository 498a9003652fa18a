"""The fields that people fill in for JMDC and BadCal: for forms, tables that are sent, and the HTTP interface.

May import `ingest.catalogs.badcal`, `ingest.catalogs.bands`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.catalogs.badcal import LONGEST, REASONS
from ingest.catalogs.bands import BAND_LETTERS, METHODS


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes
    ----------
    name
        As the published table calls it.
    label, help
        For people.
    kind
        ``text``, ``long`` (a text that may have lines in a form; they are joined), ``number``, ``choice``, ``flag``,
        ``day``, ``angle`` or ``address``.
    unit
        As people write it; empty for none.
    needed
        Whether an entry must have it.
    longest
        Most characters; 0 where the kind says enough.
    choices
        Codes and what they mean.
    also
        Other names of the column in tables, in lower case.
    """

    name: str
    label: str
    help: str
    kind: str = "text"
    unit: str = ""
    needed: bool = False
    longest: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()


def _choices(meanings: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(code), words) for code, words in meanings.items())


_RA = "Right ascension (ICRS, epoch 2000.0): degrees, or hours, minutes and seconds like 06 45 08.9."
_DEC = "Declination (ICRS, epoch 2000.0): degrees, or degrees, minutes and seconds like -16 42 58."
_RA_NAMES, _DEC_NAMES = ("raj2000", "ra_icrs", "_raj2000"), ("dej2000", "de_icrs", "_dej2000", "decj2000")

JMDC_FIELDS = (
    Field("id1", "Star", "Name of the star that resolvers know, preferably HD.", needed=True, longest=28),
    Field("id2", "Name in the publication", "Name of the star as the publication writes it.", longest=28),
    Field("ra", "RA", f"{_RA} Only where nobody knows the name.", "angle", "deg", also=_RA_NAMES),
    Field("dec", "Dec", f"{_DEC} Only where nobody knows the name.", "angle", "deg", also=_DEC_NAMES),
    Field(
        "ud_diam",
        "Uniform-disk diameter",
        "As published; this or the limb-darkened one is needed.",
        "number",
        "mas",
        also=("uddiam", "ud_meas", "ud"),
    ),
    Field(
        "ld_diam",
        "Limb-darkened diameter",
        "As published, not computed from the uniform disk.",
        "number",
        "mas",
        also=("lddiam", "ldd_orig", "ld"),
    ),
    Field("e_ld_diam", "Error", "Error of the diameter.", "number", "mas", also=("e_lddiam", "e_ld_meas", "e_ld")),
    Field(
        "band",
        "Band",
        "A filter (K), a wavelength or a range in µm (2.2, 1.5-1.8); nm or A may be written behind it.",
        longest=10,
    ),
    Field(
        "mu_lambda",
        "Factor",
        "Factor from uniform-disk to limb-darkened diameter that the authors used.",
        "number",
        also=("mu-lambda",),
    ),
    Field("method", "Method", "How it was measured.", "choice", needed=True, choices=_choices(METHODS)),
    Field(
        "bandcode",
        "Letter of the band",
        "Left out, it follows from a band that is one of the letters.",
        "choice",
        choices=_choices(BAND_LETTERS),
    ),
    Field("notes", "Notes", "Binarity, doubts, origin of the limb darkening.", "long", longest=400),
    Field(
        "bibcode",
        "Bibcode",
        "Bibcode of the publication (19 characters); where ADS has none: year, dots, letter.",
        needed=True,
        longest=19,
        also=("reference",),
    ),
    Field("sinpe", "Close double", "Whether the name is not precise enough: a component of a close double.", "flag"),
)

BADCAL_FIELDS = (
    Field("name", "Star", "Name of the calibrator.", needed=True, longest=LONGEST["name"], also=("target", "star")),
    Field("ra", "RA", f"{_RA} Left out, it is looked up by the name.", "angle", "deg", also=_RA_NAMES),
    Field("dec", "Dec", f"{_DEC} Left out, it is looked up by the name.", "angle", "deg", also=_DEC_NAMES),
    Field(
        "reason",
        "Reason",
        "Why the star is no good calibrator.",
        "choice",
        needed=True,
        choices=tuple(REASONS.items()),
    ),
    Field("evidence", "Evidence", "What was seen, in words.", "long", longest=LONGEST["evidence"]),
    Field(
        "evidence_did",
        "Data",
        "Publisher's identifier (ivo://…) of data in OiDB that show it.",
        longest=LONGEST["evidence_did"],
        also=("obs_publisher_did",),
    ),
    Field("interferometer", "Array", "VLTI, CHARA …", longest=LONGEST["interferometer"], also=("facility",)),
    Field("instrument", "Instrument", "PIONIER, MIRC-X …", longest=LONGEST["instrument"]),
    Field("baseline", "Baseline", "Longest projected baseline.", "number", "m"),
    Field("wavelength", "Wavelength", "Wavelength of the observation.", "number", "µm"),
    Field("observed", "Observed", "Day of the observation (UTC), like 2026-03-31.", "day", also=("obs_date",)),
    Field("bibliography", "Bibliography", "Publications about it.", longest=LONGEST["bibliography"]),
    Field(
        "reporter",
        "Reporter",
        "Name that is shown with the report; left out, it is that of your account.",
        longest=LONGEST["reporter"],
    ),
    Field(
        "affiliation",
        "Affiliation",
        "Institute that is shown with the report; left out, it is that of your account.",
        longest=LONGEST["affiliation"],
    ),
    Field(
        "address",
        "Address",
        "E-mail address for questions; only curators see it, and it is deleted when the report is withdrawn.",
        "address",
        longest=LONGEST["address"],
        also=("email", "e-mail"),
    ),
)

FIELDS = {"jmdc": JMDC_FIELDS, "badcal": BADCAL_FIELDS}

#: Of columns in tables, in lower case, the field.
COLUMNS = {column: field for fields in FIELDS.values() for field in fields for column in (field.name, *field.also)}


def field_of(catalogue: str, name: str) -> Field | None:
    """Return a field of a catalogue; None when there is none of this name."""
    return next((field for field in FIELDS[catalogue] if field.name == name), None)
