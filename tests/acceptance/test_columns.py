"""Every published column: description, UCD, unit, utype; and how the tables hang together."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pytest
from astropy import units
from astropy.io.votable.ucd import parse_ucd

from tests.instances import Instance

SCHEMAS = ("oidb", "obsportal", "jmdc", "badcal", "ivoa", "stats")

#: Words of UCD1+ 1.5 that the list in astropy 5.2 has not, and a word of the same kind to test with.
NEWER_WORDS = {
    "meta.checksum": "meta.id",
    "meta.preview": "meta.file",
    "meta.ref.doi": "meta.ref.url",
    "meta.ref.ivoid": "meta.ref.url",
    "pos.outline": "pos.angResolution",
}

#: Numbers that have no unit: counts, codes, identifiers, versions, ratios. Every other number needs one.
UNITLESS = ("meta.number", "meta.code", "meta.id", "meta.version", "spect.resolution", "obs.airMass")

#: The draft of the extension for radio data has no other UCD for an eccentricity and a count.
UNITLESS_OF_DRAFT = ("ivoa.obscore_radio.uv_distribution_ecc", "ivoa.obscore_radio.instr_feed")

#: ObsCore 1.1, tables 1 and 6: name, utype (without obscore:), UCD, unit.
OBSCORE = """
dataproduct_type   ObsDataset.dataProductType                            meta.code.class                -
calib_level        ObsDataset.calibLevel                                 meta.code;obs.calib            -
obs_collection     DataID.Collection                                     meta.id                        -
obs_id             DataID.observationID                                  meta.id                        -
obs_publisher_did  Curation.PublisherDID                                 meta.ref.ivoid                 -
access_url         Access.reference                                      meta.ref.url                   -
access_format      Access.format                                         meta.code.mime                 -
access_estsize     Access.size                                           phys.size;meta.file            kbyte
target_name        Target.name                                           meta.id;src                    -
s_ra               Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1  pos.eq.ra             deg
s_dec              Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2  pos.eq.dec            deg
s_fov              Char.SpatialAxis.Coverage.Bounds.Extent.diameter      phys.angSize;instr.fov         deg
s_region           Char.SpatialAxis.Coverage.Support.Area                pos.outline;obs.field          -
s_resolution       Char.SpatialAxis.Resolution.refval.value              pos.angResolution              arcsec
s_xel1             Char.SpatialAxis.numBins1                             meta.number                    -
s_xel2             Char.SpatialAxis.numBins2                             meta.number                    -
t_min              Char.TimeAxis.Coverage.Bounds.Limits.StartTime        time.start;obs.exposure        d
t_max              Char.TimeAxis.Coverage.Bounds.Limits.StopTime         time.end;obs.exposure          d
t_exptime          Char.TimeAxis.Coverage.Support.Extent                 time.duration;obs.exposure     s
t_resolution       Char.TimeAxis.Resolution.Refval.value                 time.resolution                s
t_xel              Char.TimeAxis.numBins                                 meta.number                    -
em_min             Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit      em.wl;stat.min                 m
em_max             Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit      em.wl;stat.max                 m
em_res_power       Char.SpectralAxis.Resolution.ResolPower.refVal        spect.resolution               -
em_xel             Char.SpectralAxis.numBins                             meta.number                    -
o_ucd              Char.ObservableAxis.ucd                               meta.ucd                       -
pol_states         Char.PolarizationAxis.stateList                       meta.code;phys.polarization    -
pol_xel            Char.PolarizationAxis.numBins                         meta.number                    -
facility_name      Provenance.ObsConfig.Facility.name                    meta.id;instr.tel              -
instrument_name    Provenance.ObsConfig.Instrument.name                  meta.id;instr                  -
"""

FOREIGN_KEYS = {
    ("oidb.oidb", "obs_collection", "oidb.collection", "id"),
    ("oidb.finding", "file_id", "oidb.oidb", "file_id"),
    ("oidb.finding", "obs_collection", "oidb.collection", "id"),
    ("oidb.oidb", "obs_publisher_did", "ivoa.obscore", "obs_publisher_did"),
    ("badcal.badcal", "evidence_did", "oidb.oidb", "obs_publisher_did"),
    ("stats.columns", "table_name", "tap_schema.columns", "table_name"),
    ("stats.vocabulary", "table_name", "stats.columns", "table_name"),
    ("oidb.obscore_optical", "obs_publisher_did", "ivoa.obscore", "obs_publisher_did"),
    ("ivoa.obscore_radio", "obs_publisher_did", "ivoa.obscore", "obs_publisher_did"),
    ("obsportal.exposure", "obs_id", "obsportal.observation", "obs_id"),
    ("obsportal.exposure", "target_id", "obsportal.target", "target_id"),
    ("obsportal.exposure", "id", "oidb.oidb", "id"),
    ("obsportal.baseline", "exp_id", "obsportal.exposure", "exp_id"),
}


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    description: str
    unit: str
    ucd: str
    utype: str
    datatype: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def is_number(self) -> bool:
        return self.datatype in ("short", "int", "long", "float", "double")


@pytest.fixture(scope="module")
def tables(site: Instance) -> list[ET.Element]:
    with site.get("/tap/tables") as reply:
        root = ET.parse(reply).getroot()
    return [
        table for table in root.iter("table") if table.findtext("name", "").startswith(tuple(f"{s}." for s in SCHEMAS))
    ]


@pytest.fixture(scope="module")
def columns(tables: list[ET.Element]) -> list[Column]:
    return [
        Column(
            table.findtext("name", ""),
            *(column.findtext(tag, "") for tag in ("name", "description", "unit", "ucd", "utype", "dataType")),
        )
        for table in tables
        for column in table.iter("column")
    ]


def test_tables_are_described(tables: list[ET.Element]) -> None:
    assert {table.findtext("name") for table in tables} >= {
        *("oidb.oidb", "oidb.collection", "ivoa.obscore", "obsportal.exposure", "obsportal.baseline"),
        *("obsportal.observation", "obsportal.target", "jmdc.jmdc", "badcal.badcal", "badcal.withdrawn"),
    }
    assert [table.findtext("name") for table in tables if len(table.findtext("description", "")) < 40] == []


def test_columns_are_described(columns: list[Column]) -> None:
    assert len(columns) > 100
    assert [str(column) for column in columns if len(column.description.split()) < 2] == []


def test_ucds(columns: list[Column]) -> None:
    wrong = {}
    for column in columns:
        words = [NEWER_WORDS.get(word, word) for word in column.ucd.split(";")]
        try:
            parse_ucd(";".join(words), check_controlled_vocabulary=True)
        except ValueError as error:
            wrong[str(column)] = str(error)
    assert wrong == {}


@pytest.mark.parametrize("word", NEWER_WORDS)
def test_astropy_still_lacks_the_newer_words(word: str, columns: list[Column]) -> None:
    used = any(word in column.ucd.split(";") for column in columns)
    if not used:
        pytest.skip(f"no column has {word}")
    with pytest.raises(ValueError, match="Unknown word"):
        parse_ucd(word, check_controlled_vocabulary=True)


def test_units(columns: list[Column]) -> None:
    wrong = {}
    for column in columns:
        try:
            units.Unit(column.unit, format="vounit", parse_strict="raise")
        except ValueError as error:
            wrong[str(column)] = str(error)
    assert wrong == {}


def test_numbers_have_a_unit_where_they_need_one(columns: list[Column]) -> None:
    without = [column for column in columns if column.is_number and not column.unit]
    without = [column for column in without if "arith.ratio" not in column.ucd.split(";")]
    without = [column for column in without if str(column) not in UNITLESS_OF_DRAFT]
    assert [str(column) for column in without if not column.ucd.startswith(UNITLESS)] == []
    assert [str(column) for column in columns if column.unit and column.ucd.startswith(UNITLESS)] == []
    assert [str(column) for column in columns if column.unit and not column.is_number] == []


@pytest.mark.parametrize("line", OBSCORE.strip().splitlines(), ids=lambda line: line.split()[0])
def test_columns_of_obscore(columns: list[Column], line: str) -> None:
    name, utype, ucd, unit = line.split()
    ours = {column.table: column for column in columns if column.name == name}
    assert "ivoa.obscore" in ours
    for table, column in ours.items():
        # elsewhere they are of another thing: a collection, an observing block
        if table in ("oidb.oidb", "ivoa.obscore"):
            assert column.utype.lower() == f"obscore:{utype}".lower()
            # in a catalogue the main position is said to be main
            assert column.ucd.removesuffix(";meta.main") == ucd
            assert column.unit == unit.strip("-")


def test_no_utype_stands_twice_in_a_table(columns: list[Column]) -> None:
    seen: dict[tuple[str, str], list[str]] = {}
    for column in columns:
        seen.setdefault((column.table, column.utype.lower()), []).append(column.name)
    assert {key: names for key, names in seen.items() if key[1] and len(names) > 1} == {}


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("oidb.oidb", "id"),
        ("oidb.collection", "id"),
        ("obsportal.exposure", "exp_id"),
        ("obsportal.observation", "obs_id"),
        ("obsportal.target", "target_id"),
        ("jmdc.jmdc", "id"),
        ("badcal.badcal", "id"),
    ],
)
def test_main_identifier(site: Instance, columns: list[Column], table: str, key: str) -> None:
    main = [column.name for column in columns if column.table == table and column.ucd == "meta.id;meta.main"]
    assert main == [key]
    rows, different = site.sql(f"SELECT count(*) AS n, count(DISTINCT {key}) AS different FROM {table}")[0]
    assert rows == different > 0


def test_foreign_keys(site: Instance, tables: list[ET.Element]) -> None:
    declared = {
        (
            table.findtext("name"),
            key.findtext("fkColumn/fromColumn"),
            key.findtext("targetTable"),
            key.findtext("fkColumn/targetColumn"),
        )
        for table in tables
        for key in table.iter("foreignKey")
    }
    assert declared == FOREIGN_KEYS
    for table, source, target, column in FOREIGN_KEYS:
        orphans = site.sql(
            f"SELECT 1 AS one FROM {table} AS t WHERE {source} IS NOT NULL"
            f" AND NOT EXISTS (SELECT FROM {target} AS o WHERE o.{column} = t.{source})"
        )
        assert orphans == []
