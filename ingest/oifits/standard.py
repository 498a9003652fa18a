"""The tables of OIFITS 1 and 2 as data: keywords, columns, types, repeats, units, accepted values.

May import the standard library only. Sources: Pauls et al. 2005 (PASP 117, 1255) and Duvert et al. 2017
(A&A 597, A8), as three implementations read them (oitools, OIFITS.jl, oifitslib). Where these disagree the rule is
that of oitools, the library behind OiDB: ARRNAME is optional in data tables, VISAMP is optional in OIFITS 2,
OI_INSPOL.INSNAME is 70A and has no DATE-OBS.
"""

from dataclasses import dataclass

#: Repeat of a column with one element a spectral channel, and of VISREFMAP with one a pair of channels.
NWAVE = -1
NWAVE_SQUARED = -2

#: Value of an integer column that is absent: no target, no station.
UNDEFINED = -32768


@dataclass(frozen=True, slots=True)
class Keyword:
    """A header keyword of a table.

    Attributes
    ----------
    kind
        Type letter: A text, J integer, D real.
    unit
        Unit of the value, empty when it has none.
    optional
        The standard does not demand it.
    since
        Version of the standard that introduced it.
    accepted
        The values allowed; empty: any.
    """

    name: str
    kind: str
    unit: str = ""
    optional: bool = False
    since: int = 1
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """A column of a table.

    Attributes
    ----------
    letter
        TFORM letter.
    repeat
        Elements a cell, the widest allowed for text; `NWAVE` or `NWAVE_SQUARED`.
    unit
        Unit as the standard writes it, empty for none, ``*`` for any.
    optional, optional_in_2
        Need not be there in any version; in version 2.
    since
        Version of the standard that introduced it.
    accepted
        The values allowed; empty: any.
    """

    name: str
    letter: str
    repeat: int
    unit: str = ""
    optional: bool = False
    optional_in_2: bool = False
    since: int = 1
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRule:
    """A table of the standard.

    Attributes
    ----------
    revisions
        OI_REVN in OIFITS 1 and in OIFITS 2; 0 where the table does not exist.
    """

    extname: str
    revisions: tuple[int, int]
    keywords: tuple[Keyword, ...]
    columns: tuple[ColumnRule, ...]

    def column(self, name: str) -> ColumnRule | None:
        """Rule of the column of that name (R14: exact case), None when the standard has none."""
        return next((rule for rule in self.columns if rule.name == name), None)


VELOCITY_FRAMES = ("LSR", "HELIOCEN", "BARYCENT", "GEOCENTR", "TOPOCENT", "UNKNOWN")
_FOV_TYPES = ("FWHM", "RADIUS")


def _revision() -> Keyword:
    return Keyword("OI_REVN", "J")


def _data_keywords(*own: Keyword) -> tuple[Keyword, ...]:
    return (
        _revision(),
        Keyword("ARRNAME", "A", optional=True),
        Keyword("DATE-OBS", "A"),
        Keyword("INSNAME", "A"),
        Keyword("CORRNAME", "A", optional=True, since=2),
        *own,
    )


def _data_columns(*own: ColumnRule, stations: int) -> tuple[ColumnRule, ...]:
    return (
        ColumnRule("TARGET_ID", "I", 1),
        ColumnRule("TIME", "D", 1, "s"),
        ColumnRule("MJD", "D", 1, "d"),
        ColumnRule("INT_TIME", "D", 1, "s"),
        *own,
        ColumnRule("STA_INDEX", "I", stations),
        ColumnRule("FLAG", "L", NWAVE),
    )


def _correlation(*observables: str) -> tuple[ColumnRule, ...]:
    return tuple(ColumnRule(f"CORRINDX_{name}", "J", 1, optional=True, since=2) for name in observables)


def _wave(name: str, unit: str = "") -> ColumnRule:
    return ColumnRule(name, "D", NWAVE, unit)


PRIMARY = (
    *(Keyword(name, "A", since=2) for name in ("ORIGIN", "DATE", "CONTENT", "TELESCOP", "INSTRUME", "OBSERVER")),
    *(Keyword(name, "A", since=2) for name in ("INSMODE", "OBJECT")),
    *(Keyword(name, "A", optional=True, since=2) for name in ("HDUNAME", "DATE-OBS", "AUTHOR", "DATASUM", "CHECKSUM")),
    *(Keyword(name, "A", optional=True, since=2) for name in ("REFERENC", "PROG_ID", "PROCSOFT", "OBSTECH")),
    *(Keyword(name, "A", optional=True, since=2) for name in ("RADECSYS", "SPECSYS")),
    *(Keyword(name, "D", optional=True, since=2) for name in ("RA", "DEC", "EQUINOX", "TEXPTIME", "MJD-OBS")),
    *(Keyword(name, "D", optional=True, since=2) for name in ("MJD-END", "BASE_MIN", "BASE_MAX", "WAVELMIN")),
    *(Keyword(name, "D", optional=True, since=2) for name in ("WAVELMAX", "SPEC_RES", "VIS2ERR", "VISPHERR")),
    Keyword("T3PHIERR", "D", optional=True, since=2),
    Keyword("NUM_CHAN", "J", optional=True, since=2),
)

OI_TARGET = TableRule(
    "OI_TARGET",
    (1, 2),
    (_revision(),),
    (
        ColumnRule("TARGET_ID", "I", 1),
        ColumnRule("TARGET", "A", 16),
        ColumnRule("RAEP0", "D", 1, "deg"),
        ColumnRule("DECEP0", "D", 1, "deg"),
        ColumnRule("EQUINOX", "E", 1, "yr"),
        ColumnRule("RA_ERR", "D", 1, "deg"),
        ColumnRule("DEC_ERR", "D", 1, "deg"),
        ColumnRule("SYSVEL", "D", 1, "m/s"),
        ColumnRule("VELTYP", "A", 8, accepted=VELOCITY_FRAMES),
        ColumnRule("VELDEF", "A", 8, accepted=("RADIO", "OPTICAL")),
        ColumnRule("PMRA", "D", 1, "deg/yr"),
        ColumnRule("PMDEC", "D", 1, "deg/yr"),
        ColumnRule("PMRA_ERR", "D", 1, "deg/yr"),
        ColumnRule("PMDEC_ERR", "D", 1, "deg/yr"),
        ColumnRule("PARALLAX", "E", 1, "deg"),
        ColumnRule("PARA_ERR", "E", 1, "deg"),
        ColumnRule("SPECTYP", "A", 16),
        ColumnRule("CATEGORY", "A", 3, optional=True, since=2, accepted=("CAL", "SCI")),
    ),
)

OI_ARRAY = TableRule(
    "OI_ARRAY",
    (1, 2),
    (
        _revision(),
        Keyword("ARRNAME", "A"),
        Keyword("FRAME", "A", accepted=("GEOCENTRIC", "SKY")),
        *(Keyword(name, "D", "m") for name in ("ARRAYX", "ARRAYY", "ARRAYZ")),
    ),
    (
        ColumnRule("TEL_NAME", "A", 16),
        ColumnRule("STA_NAME", "A", 16),
        ColumnRule("STA_INDEX", "I", 1),
        ColumnRule("DIAMETER", "E", 1, "m"),
        ColumnRule("STAXYZ", "D", 3, "m"),
        ColumnRule("FOV", "D", 1, "arcsec", since=2),
        ColumnRule("FOVTYPE", "A", 6, since=2, accepted=_FOV_TYPES),
    ),
)

OI_WAVELENGTH = TableRule(
    "OI_WAVELENGTH",
    (1, 2),
    (_revision(), Keyword("INSNAME", "A")),
    (ColumnRule("EFF_WAVE", "E", 1, "m"), ColumnRule("EFF_BAND", "E", 1, "m")),
)

OI_VIS = TableRule(
    "OI_VIS",
    (1, 2),
    _data_keywords(
        Keyword("AMPTYP", "A", optional=True, since=2, accepted=("absolute", "differential", "correlated flux")),
        Keyword("PHITYP", "A", optional=True, since=2, accepted=("absolute", "differential")),
        Keyword("AMPORDER", "J", optional=True, since=2),
        Keyword("PHIORDER", "J", optional=True, since=2),
    ),
    _data_columns(
        *(ColumnRule(name, "D", NWAVE, "*", optional_in_2=True) for name in ("VISAMP", "VISAMPERR")),
        _wave("VISPHI", "deg"),
        _wave("VISPHIERR", "deg"),
        ColumnRule("UCOORD", "D", 1, "m"),
        ColumnRule("VCOORD", "D", 1, "m"),
        *_correlation("VISAMP", "VISPHI"),
        ColumnRule("VISREFMAP", "L", NWAVE_SQUARED, optional=True, since=2),
        *(ColumnRule(f"{x}VIS{e}", "D", NWAVE, "*", optional=True, since=2) for x in "RI" for e in ("", "ERR")),
        *_correlation("RVIS", "IVIS"),
        stations=2,
    ),
)

OI_VIS2 = TableRule(
    "OI_VIS2",
    (1, 2),
    _data_keywords(),
    _data_columns(
        _wave("VIS2DATA"),
        _wave("VIS2ERR"),
        ColumnRule("UCOORD", "D", 1, "m"),
        ColumnRule("VCOORD", "D", 1, "m"),
        *_correlation("VIS2DATA"),
        stations=2,
    ),
)

OI_T3 = TableRule(
    "OI_T3",
    (1, 2),
    _data_keywords(),
    _data_columns(
        _wave("T3AMP"),
        _wave("T3AMPERR"),
        _wave("T3PHI", "deg"),
        _wave("T3PHIERR", "deg"),
        *(ColumnRule(name, "D", 1, "m") for name in ("U1COORD", "V1COORD", "U2COORD", "V2COORD")),
        *_correlation("T3AMP", "T3PHI"),
        stations=3,
    ),
)

OI_FLUX = TableRule(
    "OI_FLUX",
    (0, 1),
    (
        _revision(),
        Keyword("ARRNAME", "A", optional=True),
        Keyword("DATE-OBS", "A"),
        Keyword("INSNAME", "A"),
        Keyword("CORRNAME", "A", optional=True),
        Keyword("CALSTAT", "A", accepted=("C", "U")),
        Keyword("FOV", "D", "arcsec", optional=True),
        Keyword("FOVTYPE", "A", optional=True, accepted=_FOV_TYPES),
    ),
    (
        ColumnRule("TARGET_ID", "I", 1),
        ColumnRule("MJD", "D", 1, "d"),
        ColumnRule("INT_TIME", "D", 1, "s"),
        ColumnRule("FLUXDATA", "D", NWAVE, "*"),
        ColumnRule("FLUXERR", "D", NWAVE, "*"),
        ColumnRule("STA_INDEX", "I", 1, optional=True),
        ColumnRule("FLAG", "L", NWAVE),
        *_correlation("FLUXDATA"),
    ),
)

OI_CORR = TableRule(
    "OI_CORR",
    (0, 1),
    (_revision(), Keyword("CORRNAME", "A"), Keyword("NDATA", "J")),
    (ColumnRule("IINDX", "J", 1), ColumnRule("JINDX", "J", 1), ColumnRule("CORR", "D", 1)),
)

OI_INSPOL = TableRule(
    "OI_INSPOL",
    (0, 1),
    (
        _revision(),
        Keyword("ARRNAME", "A", optional=True),
        Keyword("NPOL", "J"),
        Keyword("ORIENT", "A", accepted=("NORTH", "LABORATORY")),
        Keyword("MODEL", "A"),
    ),
    (
        ColumnRule("TARGET_ID", "I", 1),
        ColumnRule("INSNAME", "A", 70),
        ColumnRule("MJD_OBS", "D", 1, "d"),
        ColumnRule("MJD_END", "D", 1, "d"),
        *(ColumnRule(name, "C", NWAVE) for name in ("JXX", "JYY", "JXY", "JYX")),
        ColumnRule("STA_INDEX", "I", 1),
    ),
)

#: All tables by EXTNAME (R1: exact case).
TABLES = {
    rule.extname: rule
    for rule in (OI_TARGET, OI_ARRAY, OI_WAVELENGTH, OI_VIS, OI_VIS2, OI_T3, OI_FLUX, OI_CORR, OI_INSPOL)
}

#: The tables that hold measurements.
DATA_TABLES = ("OI_VIS", "OI_VIS2", "OI_T3", "OI_FLUX")

#: Columns that real files call otherwise: the GRAVITY and MATISSE pipelines write FLUX for FLUXDATA.
ALIASES = {("OI_FLUX", "FLUX"): "FLUXDATA"}

#: Common columns that the standard does not know (oitools reads them only when told to).
COMPLEX_VISIBILITY = ("VISDATA", "VISERR")
