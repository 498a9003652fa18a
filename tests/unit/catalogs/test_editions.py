"""Editions read and written: each form, each trap, and that nothing is lost on the way."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from astropy.io import ascii as astropy_ascii
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogs.bands import BAND_LETTERS
from ingest.catalogs.editions import EXPORT_COLUMNS, EditionError, Row, read_edition
from ingest.catalogs.jmdc import Measurement
from ingest.catalogs.matching import match
from ingest.catalogs.names import is_component, tidy_id
from ingest.catalogs.writing import archive_csv, bibtex, export_csv, vizier

HEAD_OF_2017 = (
    "ID1,ID2,UD_MEAS,LD_MEAS,E_LD_MEAS,BAND,MU_LAMBDA,UD_TO_LD_CONVFACTOR,LDD_ORIG,METHOD,BANDCODE,NOTES,REFERENCE,"
    "HD,HIP,RAJ2000,DEJ2000\n"
)
HEAD = ",".join(f'"{name}"' for name in EXPORT_COLUMNS) + "\n"
BIBCODE = "2003A&A...408..681K"


def of_2017(**given_values: str) -> Row:
    """Read one row of the table of 2017."""
    values = dict.fromkeys(HEAD_OF_2017.strip().split(","), "")
    values |= {"ID1": "HD1", "UD_MEAS": "2", "METHOD": "1", "REFERENCE": BIBCODE, "LDD_ORIG": "-1", "E_LD_MEAS": "-1"}
    values |= given_values
    found = read_edition(HEAD_OF_2017 + ",".join(f'"{value}"' for value in values.values()) + "\n")
    assert (found.form, found.refused) == ("2017", ())
    return found.rows[0]


def test_the_published_limb_darkened_diameter_is_taken() -> None:
    row = of_2017(UD_MEAS="7.28", LD_MEAS="7.483005", UD_TO_LD_CONVFACTOR="0.97", LDD_ORIG="-1")
    assert (row.measurement.ud_diam, row.measurement.ld_diam) == (7.28, None)
    assert of_2017(LD_MEAS="1.637051", LDD_ORIG="1.65").measurement.ld_diam == 1.65


@pytest.mark.parametrize("column", ["UD_MEAS", "LDD_ORIG", "E_LD_MEAS", "BANDCODE", "MU_LAMBDA"])
@pytest.mark.parametrize("text", ["-1", "-1.0", "", "NaN", "nan"])
def test_nothing_in_any_form(column: str, text: str) -> None:
    row = of_2017(**({"UD_MEAS": "2", "LDD_ORIG": "2.1"} | {column: text})).measurement
    name = {"UD_MEAS": "ud_diam", "LDD_ORIG": "ld_diam", "E_LD_MEAS": "e_ld_diam"}.get(column, column.lower())
    assert getattr(row, name) is None


def test_fits_null_of_codes() -> None:
    assert of_2017(BANDCODE="-32768").measurement.bandcode is None


@pytest.mark.parametrize(
    ("text", "value"), [("0.0099999998", 0.01), ("5.9000001", 5.9), ("17.888607", 17.888607), ("2.036", 2.036)]
)
def test_single_precision_is_undone(text: str, value: float) -> None:
    assert of_2017(LDD_ORIG=text).measurement.ld_diam == value


@pytest.mark.parametrize(
    ("reference", "bibcode", "notes"),
    [
        (BIBCODE, BIBCODE, "n"),
        (f"{'.' * 19} Carnegie, 1933", "." * 19, "n Reference: Carnegie, 1933"),
        ("1978............... Sandmann: cited", "1978...............", "n Reference: Sandmann: cited"),
        ("2013............... TB.private", "2013...............", "n Reference: TB.private"),
    ],
)
def test_references_that_are_not_in_ads(reference: str, bibcode: str, notes: str) -> None:
    row = of_2017(REFERENCE=reference, NOTES=" n ").measurement
    assert (row.bibcode, row.notes) == (bibcode, notes)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("HD 84810", "HD84810"),
        ("HD84810 ", "HD84810"),
        ("HD187076J", "HD187076"),
        ("HIC 95024", "HIC95024"),
        ("CCDMJ16294-2626 A", "CCDM J16294-2626 A"),
        ("2MASS J18150712-0018523", "2MASS J18150712-0018523"),
        ("IRC+10216", "IRC+10216"),
    ],
)
def test_spaces_in_names(text: str, name: str) -> None:
    assert tidy_id(text) == name == tidy_id(name)


@pytest.mark.parametrize(
    ("name", "component"), [("GJ412A", False), ("GJ412B", True), ("61 Cyg B", True), ("HD1", False)]
)
def test_companions(name: str, component: bool) -> None:
    assert is_component(name) is component


def test_positions_and_numbers() -> None:
    row = of_2017(RAJ2000="04 35 55.2391", DEJ2000="-00 30 33.488", HD="29139", HIP="21421")
    assert (row.ra, row.dec) == (pytest.approx(68.980163, abs=1e-6), pytest.approx(-0.509302, abs=1e-6))
    assert row.aliases == ("HIP 21421", "HD 29139")
    assert of_2017(RAJ2000="", DEJ2000="").ra is None


REFUSED = {
    "no number": "HD1,,x,,,K,,1,8,,2003A&A...408..681K,",
    "no method": "HD1,,2,,,K,,,8,,2003A&A...408..681K,",
    "half a method": "HD1,,2,,,K,,1.5,8,,2003A&A...408..681K,",
    "infinite code": "HD1,,2,,,K,,1,inf,,2003A&A...408..681K,",
    "no diameter": "HD1,,-1,,,K,,1,8,,2003A&A...408..681K,",
    "negative": "HD1,,-2,,,K,,1,8,,2003A&A...408..681K,",
    "no name": ",,2,,,K,,1,8,,2003A&A...408..681K,",
    "no bibcode": "HD1,,2,,,K,,1,8,,here,",
    "odd flag": "HD1,,2,,,K,,1,8,,2003A&A...408..681K,perhaps",
    "too short": "HD1,,2",
    "too long": "HD1,,2,,,K,,1,8,,2003A&A...408..681K,,x",
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_row_does_not_stop_the_others(case: str) -> None:
    good = "HD2,,2,2.1,0.1,K,,1,8,,2003A&A...408..681K,"
    found = read_edition(f"{HEAD}{REFUSED[case]}\n{good}\n")
    assert [row.measurement.id1 for row in found.rows] == ["HD2"]
    assert [refusal.line for refusal in found.refused] == [2]
    assert str(found.refused[0]).startswith("line 2, ")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "<html>", "ID1,ID2\nHD1,x\n", "\x00"])
def test_no_edition(text: str) -> None:
    with pytest.raises(EditionError, match="no edition of the JMDC"):
        read_edition(text)


@given(st.text(max_size=200))
def test_never_crashes(text: str) -> None:
    for begin in (HEAD, HEAD_OF_2017):
        try:
            read_edition(begin + text)
        except EditionError:
            continue


ENTRIES = [
    Measurement("HD1", "", 2.25, None, 0.01, "U B R", None, 2, None, 'says "x", y', BIBCODE, True),
    Measurement(
        "2MASS J18150712-0018523", "alf X", None, 0.123456789, None, "", 1.05, 1, 8, "", f"1978{'.' * 15}", False
    ),
    Measurement("HD2", "", 100.0, 110.0, 1e-5, "8-13", None, 3, 11, "", "2014ApJ...797..119M", None),
]


def test_what_is_written_is_read_again() -> None:
    assert [row.measurement for row in read_edition(export_csv(ENTRIES)).rows] == ENTRIES
    made = vizier(ENTRIES, "test")
    assert [row.measurement for row in read_edition(made.table, made.readme).rows] == ENTRIES
    rows = [Row(0, entry, 1.5, -2.5, 0.1, None, ("HD 1", "HIP 2"), 7, "2017", "2021") for entry in ENTRIES]
    assert read_edition(archive_csv(rows)).form == "archive"
    assert [row.__dict__ | {"line": 0} for row in read_edition(archive_csv(rows)).rows] == [
        row.__dict__ for row in rows
    ]


def test_todays_clients_can_cut_at_commas() -> None:
    """bibdb finds METHOD by the head, from the left, and takes the bibcode as the second last field."""
    head, *lines = export_csv(ENTRIES).splitlines()
    method = [name.strip('"') for name in head.split(",")].index("METHOD")
    assert [line.split(",")[method] for line in lines] == ["2", "1", "3"]
    assert [line.split(",")[-2] for line in lines] == [entry.bibcode for entry in ENTRIES]
    assert head.startswith('"ID1","ID2","UD_DIAM","LD_DIAM","E_LD_DIAM","BAND","MU_LAMBDA","METHOD","BANDCODE",')


def test_astropy_reads_the_table_by_its_readme(tmp_path: Path) -> None:
    made = vizier(ENTRIES, "test")
    (tmp_path / "ReadMe").write_text(made.readme)
    (tmp_path / "jmdc.dat").write_text(made.table)
    table = astropy_ascii.read(str(tmp_path / "jmdc.dat"), readme=str(tmp_path / "ReadMe"), format="cds")
    assert list(table["ID1"]) == [entry.id1 for entry in ENTRIES]
    assert [None if value is None else float(value) for value in table["LDdiam"].tolist()] == [None, 0.123456789, 110.0]
    assert str(table["UDdiam"].unit) == "mas"
    assert max(map(len, made.readme.splitlines())) <= 80
    assert len({len(line) for line in made.table.splitlines()}) == 1


def test_a_readme_without_the_table() -> None:
    with pytest.raises(EditionError, match="describes no table"):
        read_edition("HD1", "Byte-by-byte Description of file: x.dat\n 1- 3 A3 --- ID1 name\n")


def test_bibtex() -> None:
    text = bibtex([BIBCODE, BIBCODE, f"1978{'.' * 15}", "2014ApJ...797..119M"])
    assert text.count("@article{") == 2
    assert (
        "@article{2003A&A...408..681K,\n  journal = {A\\&A},\n  volume = {408},\n  pages = {681},\n  year = 2003"
        in text
    )
    assert "abs/2003A%26A...408..681K}" in text


def test_equal_rows_are_two_measurements() -> None:
    one, two = ("s", ENTRIES[0]), ("s", ENTRIES[0])
    assert match([one], [one, two]).new == (1,)
    assert match([one, two], [one]).missing == (1,)
    assert match([one, two], [two, one]).same == ((0, 0), (1, 1))


def test_changed_rows_keep_their_partner() -> None:
    def entry(value: float, band: str = "K", bibcode: str = BIBCODE, star: str = "s") -> tuple[str, Measurement]:
        return star, Measurement("HD1", ld_diam=value, band=band, bibcode=bibcode)

    assert match([entry(2)], [entry(2.1)]).changed == ((0, 0),)
    assert match([entry(2)], [entry(2.1, "H")]).changed == ((0, 0),)
    assert match([entry(2)], [entry(2.1, star="t")]).changed == ()
    assert match([entry(2)], [entry(2.1, bibcode="x")]).changed == ()
    found = match([entry(2), entry(3), entry(4)], [entry(3), entry(4.1), entry(2.1)])
    assert (found.same, found.changed) == (((1, 0),), ((0, 2), (2, 1)))
    found = match([entry(2), entry(3)], [entry(4)])
    assert (found.changed, found.new, found.missing) == ((), (0,), (0, 1))


# The real edition


def test_the_edition_of_2017(reference: Path) -> None:
    found = read_edition((reference / "jmdc/jmdc_2017.csv").read_text(encoding="utf-8"))
    entries = [row.measurement for row in found.rows]
    assert (len(entries), found.refused) == (1239, ())
    assert Counter(entry.method for entry in entries) == {1: 902, 2: 288, 3: 49}
    bands = Counter(entry.bandcode for entry in entries)
    # U: 1239 less all others that the description counts; 21 without a code and 4 with -1
    assert {BAND_LETTERS[code] if code else None: count for code, count in bands.items()} == {
        **dict(zip("UBVRIJHKLN", (2, 86, 146, 211, 110, 3, 199, 402, 4, 51), strict=True)),
        None: 25,
    }
    assert sum(entry.ud_diam is None for entry in entries) == 84
    assert sum(entry.e_ld_diam is None for entry in entries) == 61
    assert sum(entry.mu_lambda is not None for entry in entries) == 1239 - 1028
    names = Counter(entry.id1 for entry in entries)
    assert (names["HD84810"], names["HD128620"], names["HD29139"]) == (31, 1, 18)
    achernar = next(entry for entry in entries if entry.id1 == "HD10144" and entry.bibcode == "1974MNRAS.167..121H")
    assert (achernar.ud_diam, achernar.ld_diam, achernar.e_ld_diam) == (1.85, 1.92, 0.07)
    assert [row.measurement for row in read_edition(export_csv(entries)).rows] == entries
    fixed = vizier(entries, "2017")
    assert [row.measurement for row in read_edition(fixed.table, fixed.readme).rows] == entries
    assert StringIO(fixed.table).readline().startswith("HD18884")
