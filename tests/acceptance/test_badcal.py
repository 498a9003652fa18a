"""BadCal as it is published: tables, cones, the addresses that SearchCal and its users have, what is never shown."""

import io
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
import pyvo
from astropy.io.votable import parse_single_table

from tests.instances import Instance

DSA = "/badcal-dsa/SubmitCone"
ADDRESS = "secret.reporter@example.org"


@pytest.fixture(scope="module")
def reports(empty_site: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The empty instance with reports in each state; they are gone afterwards."""
    file = tmp_path_factory.mktemp("badcal") / "reports.csv"
    head = "id,name,ra,dec,reason,evidence,observed,baseline,wavelength,reporter,affiliation,address\n"
    file.write_text(
        head
        + f"9001,HD 1,10.5,-20.25,binary,closure phases,2020-02-29,130.2,1.65,A. Reporter,Institute,{ADDRESS}\n"
        + f"9002,<b>HD 2,190.0,20.0,other,,,,,,,{ADDRESS}\n"
        + f"9003,HD 3,10.5,69.0,variable,,,,,,,{ADDRESS}\n"
    )
    empty_site.sql("TRUNCATE archive.badcal_report CASCADE")
    empty_site.oivo("badcal", "import", str(file))
    file.write_text(f"{head}9004,HD 4,10.5,-20.25,binary,,,,,Waiting,,{ADDRESS}\n")
    empty_site.oivo("badcal", "import", str(file), "--submitted", "--edition", "waiting")
    empty_site.oivo("badcal", "withdraw", "9003", "--reason", "it is not variable")
    yield empty_site
    empty_site.sql("TRUNCATE archive.badcal_report CASCADE")


def text(site: Instance, path: str, **parameters: str) -> str:
    with site.get(path, parameters) as reply:
        return str(reply.read().decode())


def numbers(lines: str) -> list[int]:
    return [int(line.split(",")[0]) for line in lines.splitlines()[5:]]


def test_table(reports: Instance) -> None:
    tap = pyvo.dal.TAPService(reports.tap)
    rows = tap.run_sync("SELECT * FROM badcal.badcal ORDER BY id").to_table()
    assert list(rows["id"]) == [9001, 9002]
    one = rows[0]
    assert (one["ra_sexa"], one["dec_sexa"]) == ("00 42 00.000", "-20 15 00.00")
    assert (one["reason"], one["obs_date"], one["status"]) == ("binary", "2020-02-29T00:00:00", "validated")
    assert (one["reporter"], one["affiliation"], float(one["wavelength"])) == ("A. Reporter", "Institute", 1.65)


def test_sexagesimal_is_the_same_everywhere(site: Instance) -> None:
    table = site.adql("SELECT id, ra_sexa, dec_sexa FROM badcal.badcal ORDER BY id").splitlines()[1:]
    lines = text(site, DSA, RA="0", DEC="0", SR="180", Format="Comma-Separated").splitlines()[5:]
    assert [line.split(",") for line in table] == [
        [cells[0], *cells[3:5]] for cells in (line.split(",") for line in lines)
    ]
    assert len(table) == 5 and all("SIMULATED" in line for line in lines)


def test_a_trace_of_what_was_withdrawn(reports: Instance) -> None:
    rows = pyvo.dal.TAPService(reports.tap).run_sync("SELECT * FROM badcal.withdrawn")
    assert [(row["id"], row["name"], row["withdrawal_reason"]) for row in rows] == [
        (9003, "HD 3", "it is not variable")
    ]
    page = text(reports, "/badcal/show.jsp", type="detail", id="9003")
    assert "has been withdrawn" in page and "it is not variable" in page


@pytest.mark.parametrize(
    ("radius", "found"), [("0.001", [9001]), ("89", [9001]), ("180", [9001, 9002]), ("360", [9001, 9002])]
)
def test_address_of_searchcal(reports: Instance, radius: str, found: list[int]) -> None:
    cone = {"DSACATTAB": "badcal.valid_stars", "RA": "10.5", "DEC": "-20.25", "SR": radius}
    lines = text(reports, DSA, **cone, Format="Comma-Separated")
    assert numbers(lines) == found
    # as its script reads it: without five lines, and with just six columns
    assert lines.splitlines()[4] == "id,ra,dec,ra_sexa,dec_sexa,name"
    assert {len(line.split(",")) for line in lines.splitlines()[5:]} == {6}
    with reports.get(DSA, cone) as reply:
        assert reply.headers["Content-Type"].startswith("text/xml")
        table = parse_single_table(io.BytesIO(reply.read()))
    assert [field.name for field in table.fields] == ["id", "ra", "dec", "ra_sexa", "dec_sexa", "name"]
    assert [field.datatype for field in table.fields][:3] == ["int", "double", "double"]
    assert table.array["id"].tolist() == found
    assert len(
        pyvo.dal.SCSService(f"{reports.base}/badcal/q/scs/scs.xml?").search((10.5, -20.25), float(radius))
    ) == len(found)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"RA": "x"}, {"RA": ""}, {"DEC": "91"}, {"SR": "-1"}, {"SR": "inf"}, {"SR": "nan"}),
        *({"DSACATTAB": "badcal.all_stars"}, {"Format": "HTML"}),
    ],
)
def test_wrong_requests(site: Instance, wrong: dict[str, str]) -> None:
    with pytest.raises(HTTPError) as caught:
        site.get(DSA, {"RA": "1", "DEC": "1", "SR": "1"} | wrong)
    assert caught.value.code == 400
    assert 'name="QUERY_STATUS" value="ERROR"' in caught.value.read().decode()


@pytest.mark.parametrize(
    "path", ["/badcal-dsa", "/badcal-dsa/Other", "/badcal/show.jsp", "/badcal/show.jsp?id=x", "/badcal/x"]
)
def test_nothing_there(site: Instance, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        site.get(path)
    assert caught.value.code == 404


def test_page_of_a_report(reports: Instance) -> None:
    page = text(reports, "/badcal/show.jsp", type="detail", id="9001")
    for told in (
        "Report 9001: HD 1",
        "a companion was detected",
        "closure phases",
        "130.2",
        "2020-02-29",
        "A. Reporter",
    ):
        assert told in page
    escaped = text(reports, "/badcal/show.jsp", type="detail", id="9002")
    assert "&lt;b&gt;HD 2" in escaped and "<b>HD 2" not in escaped
    with pytest.raises(HTTPError):
        reports.get("/badcal/show.jsp", {"type": "detail", "id": "9004"})


def test_addresses_and_waiting_reports_are_nowhere(reports: Instance) -> None:
    everywhere = [
        reports.adql("SELECT * FROM badcal.badcal"),
        reports.adql("SELECT * FROM badcal.withdrawn"),
        text(reports, DSA, RA="0", DEC="0", SR="180"),
        text(reports, "/badcal/q/scs/scs.xml", RA="0", DEC="0", SR="180", RESPONSEFORMAT="votable/td"),
        *(text(reports, "/badcal/show.jsp", type="detail", id=f"{number}") for number in (9001, 9002, 9003)),
        reports.oivo("badcal", "export").stdout,
    ]
    for answer in everywhere:
        assert "example.org" not in answer.replace("oivo.example", "")
        assert "Waiting" not in answer
    assert reports.sql("SELECT count(*) AS n FROM archive.badcal_contact WHERE address = %s", [ADDRESS])[0].n == 3


def test_redirect_to_the_form(site: Instance) -> None:
    assert "BadCal, calibrators that are none" in text(site, "/badcal")
