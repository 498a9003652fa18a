"""Findings and plots follow a file: refused, stored, published, hidden with private data."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import pyvo

from ingest.demo import survey
from tests.build.oifits import array, data, file, target, wavelength
from tests.instances import Instance, start


@pytest.fixture(scope="module")
def severe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A readable file that breaks the standard: it says that it follows version 2, and lacks what that wants."""
    path = tmp_path_factory.mktemp("severe") / "severe.fits"
    path.write_bytes(file(target(), array(), wavelength(), data(), version=1, cards={"CONTENT": "OIFITS2"}))
    return path


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sound")
    paths = []
    for made in list(survey(date(2026, 3, 3)))[:2]:
        path = folder / made.name
        path.write_bytes(made.data)
        paths.append(path)
    return paths


def ingest(instance: Instance, name: str, *arguments: str, kind: str = "public", check: bool = True) -> Any:
    instance.oivo("oidb", "create-collection", name, "--title", f"Test {name}", "--kind", kind)
    return instance.oivo("oidb", "add", "--collection", name, *arguments, check=check)


@pytest.mark.parametrize("level", ["1", "2"])
def test_severe_findings_keep_a_file_out(empty_site: Instance, severe: Path, level: str) -> None:
    name = f"severe{level}"
    done = ingest(empty_site, name, "--level", level, str(severe), check=False)
    assert done.returncode == 1
    assert "severe" in done.stderr
    assert "--accept-severe" in done.stderr
    assert not empty_site.sql("SELECT 1 AS one FROM archive.file WHERE collection_id = %s", [name])
    done = empty_site.oivo("oidb", "add", "--collection", name, "--level", level, "--dry-run", str(severe), check=False)
    assert done.returncode == 1


def test_published_data_are_taken_with_their_findings(empty_site: Instance, severe: Path) -> None:
    ingest(empty_site, "severe3", "--level", "3", str(severe))
    told = json.loads(empty_site.oivo("oidb", "check", "--format", "json", str(severe), check=False).stdout)
    wanted = [
        (finding["hdu"], finding["table"], finding["member"], finding["rule"], finding["severity"], finding["message"])
        for finding in told[0]["findings"]
    ]
    found = pyvo.dal.TAPService(empty_site.tap).run_sync(
        "SELECT * FROM oidb.finding WHERE obs_collection = 'severe3' ORDER BY number"
    )
    keys = ("hdu", "hdu_name", "member", "rule", "severity", "message")
    published = [
        tuple(None if row[key] is None or str(row[key]) in ("--", "-1") else row[key] for key in keys) for row in found
    ]
    assert published == wanted
    assert any(row[4] == "SEVERE" for row in published)


def test_a_curators_reason_is_kept_and_not_shown(empty_site: Instance, severe: Path) -> None:
    ingest(empty_site, "accepted", "--level", "2", "--accept-severe", "PI insists: 4711", str(severe))
    row = empty_site.sql("SELECT accepted_reason, nb_severe FROM archive.file WHERE collection_id = 'accepted'")[0]
    assert row.accepted_reason == "PI insists: 4711"
    assert row.nb_severe > 0
    everything = empty_site.adql("SELECT * FROM oidb.oidb WHERE obs_collection = 'accepted'", "votable/td")
    assert "4711" not in everything
    with pytest.raises(Exception, match="permission denied"):
        empty_site.sql("SELECT accepted_reason FROM archive.file", role="gavoadmin")


def test_findings_of_private_files_are_private(empty_site: Instance, severe: Path) -> None:
    ingest(empty_site, "hidden", "--level", "2", "--accept-severe", "test", str(severe), kind="suv")
    now = datetime.now(UTC)
    set_release(empty_site, "hidden", now.replace(year=now.year + 1))
    query = "SELECT COUNT(*) AS n FROM oidb.finding WHERE obs_collection = 'hidden'"
    assert empty_site.adql(query).split() == ["n", "0"]
    set_release(empty_site, "hidden", now.replace(year=now.year - 1))
    assert int(empty_site.adql(query).split()[1]) > 0


def set_release(instance: Instance, collection: str, moment: datetime) -> None:
    instance.sql(
        """UPDATE archive.granule SET data_rights = 'secure', obs_release_date = %s
           WHERE file_id IN (SELECT id FROM archive.file WHERE collection_id = %s)""",
        [moment, collection],
    )


def granules(instance: Instance, collection: str) -> list[Any]:
    return instance.sql("SELECT id, file_id, obs_publisher_did FROM oidb.oidb WHERE obs_collection = %s", [collection])


def links(instance: Instance, did: str) -> dict[str, Any]:
    with instance.get("/oidb/q/dl/dlmeta", {"ID": did}) as reply:
        path = reply.read()
    from io import BytesIO

    from astropy.io.votable import parse_single_table

    rows = parse_single_table(BytesIO(path)).to_table(use_names_over_ids=True)
    return {str(row["semantics"]): row for row in rows}


def test_a_preview_is_linked_with_its_size_and_type(empty_site: Instance, sound: list[Path]) -> None:
    ingest(empty_site, "drawn", "--level", "2", str(sound[0]))
    granule = granules(empty_site, "drawn")[0]
    preview = links(empty_site, granule.obs_publisher_did)["#preview"]
    assert preview["content_type"] == "image/png"
    with empty_site.get(str(preview["access_url"]).removeprefix(empty_site.base)) as reply:
        assert reply.headers["Content-Type"] == "image/png"
        sheet = reply.read()
    assert len(sheet) == preview["content_length"]
    assert sheet.startswith(b"\x89PNG")
    with empty_site.get(f"/plots/{granule.id}.svg") as reply:
        assert reply.headers["Content-Type"] == "image/svg+xml"
        assert b"<svg" in reply.read()
    with empty_site.get(f"/plots/{granule.id}-thumbnail.png") as reply:
        assert len(reply.read()) < len(sheet)


def test_a_sheet_follows_the_file(empty_site: Instance, sound: list[Path], tmp_path: Path) -> None:
    ingest(empty_site, "redrawn", "--level", "2", str(sound[0]))
    granule = granules(empty_site, "redrawn")[0]
    with empty_site.get(f"/plots/{granule.id}.png") as reply:
        before, tag = reply.read(), reply.headers["ETag"]
    newer = tmp_path / sound[0].name
    newer.write_bytes(b"".join((sound[0].read_bytes(), b"\0" * 2880)))
    empty_site.oivo("oidb", "add", "--collection", "redrawn", "--level", "2", "--replace", str(newer))
    with empty_site.get(f"/plots/{granule.id}.png") as reply:
        assert reply.headers["ETag"] != tag
        assert reply.read().startswith(before[:8])


@pytest.mark.parametrize("address", ["/plots/{id}.png", "/plots/{id}.svg", "/plots/{id}-thumbnail.png"])
def test_plots_of_private_files_are_private(empty_site: Instance, sound: list[Path], address: str) -> None:
    if not granules(empty_site, "secret"):
        ingest(empty_site, "secret", "--level", "2", str(sound[1]), kind="suv")
    granule = granules(empty_site, "secret")[0]
    now = datetime.now(UTC)
    path = address.format(id=granule.id)
    set_release(empty_site, "secret", now.replace(year=now.year - 1))
    with empty_site.get(path) as reply:
        assert reply.status == 200
    set_release(empty_site, "secret", now.replace(year=now.year + 1))
    with pytest.raises(HTTPError) as refused:
        empty_site.get(path)
    assert refused.value.code == 401
    preview = links(empty_site, granule.obs_publisher_did)["#preview"]
    assert "a login will be asked for" in preview["description"]


@pytest.mark.parametrize(
    "path", ["/plots/0.png", "/plots/1.gif", "/plots/x.png", "/plots/1/2.png", "/plots/", "/plots"]
)
def test_wrong_addresses_of_plots(empty_site: Instance, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        empty_site.get(path)
    assert refused.value.code == 404


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Instance]:
    """An instance of its own: the job draws what there is, and other tests leave hundreds of files."""
    instance = start(tmp_path, "--empty")
    yield instance
    instance.oivo("down")


def test_the_job_draws_what_is_missing(alone: Instance, sound: list[Path]) -> None:
    ingest(alone, "by-job", "--level", "2", *map(str, sound))
    assert "drawn" in alone.oivo("jobs", "run", "previews").stdout
    assert "0 plots drawn" in alone.oivo("jobs", "run", "previews").stdout
    cached = set((alone.home.root / "cache/plots").rglob("*.png"))
    assert len(cached) >= 2 * len(granules(alone, "by-job"))
    (alone.home.root / "cache/plots/00").mkdir(exist_ok=True)
    (alone.home.root / "cache/plots/00/stale.png").write_bytes(b"")
    alone.oivo("jobs", "run", "tidy")
    assert cached <= set((alone.home.root / "cache/plots").rglob("*.png"))
    assert not (alone.home.root / "cache/plots/00/stale.png").exists()
