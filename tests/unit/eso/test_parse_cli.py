"""`oivo obsportal parse`: a JSON object a line, whatever the files are."""

import io
import json

import pytest

from ingest.cli import main
from tests.build import headers

PUBLISHED = 29


@pytest.fixture
def parse(capsys):
    def run(*paths):
        with pytest.raises(SystemExit) as stopped:
            main(["obsportal", "parse", *map(str, paths)])
        said = capsys.readouterr()
        assert said.err == ""
        return stopped.value.code, [json.loads(line, parse_constant=pytest.fail) for line in said.out.splitlines()]

    return run


def test_an_exposure(parse, tmp_path):
    path = tmp_path / "one.hdr"
    path.write_text(headers.text(headers.cards(ISS_PBL12_START=90.0)))
    status, (row,) = parse(path)
    assert status == 0
    assert set(row) == {"file", "exposure", "baselines", "findings", "aspro"}
    exposure = row["exposure"]
    assert [name for name in list(exposure)[:PUBLISHED] if "_" not in name] == []
    assert exposure["exp_id"] == f"GRAVI.{headers.TIME}_1"
    assert exposure["interferometer_stations"] == "A0 G1 J2 J3"
    assert exposure["exp_projected_baselines"]["A0-G1"]["length"]["start"] == pytest.approx(
        row["baselines"][0]["length_start"], abs=1e-4
    )
    assert (exposure["exp_validation_log"], exposure["obs_id"], exposure["humidity"]) == ([], None, 14.0)
    assert len(row["baselines"]) == 6


def test_several_files_and_a_bad_one(parse, tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "a.hdr").write_text(headers.text(headers.cards(DPR_TYPE="DARK")))
    (tmp_path / "below" / "b.fits").write_bytes(headers.blocks(headers.cards()))
    (tmp_path / "below" / "c.html").write_text("<html>busy</html>")
    status, rows = parse(tmp_path, tmp_path / "none.hdr")
    assert status == 1
    assert [row["file"].rpartition("/")[2] for row in rows] == ["a.hdr", "b.fits", "c.html", "none.hdr"]
    dark, exposure, page, none = rows
    assert (dark["exposure"], dark["reason"], dark["baselines"]) == (None, "dark", [])
    assert exposure["exposure"]["instrument_name"] == "GRAVITY"
    assert "c.html: no FITS header" in page["error"] and "No such file" in none["error"]


def test_standard_input(parse, monkeypatch):
    class Input:
        buffer = io.BytesIO(headers.page(headers.cards("PIONIER")).encode())

    monkeypatch.setattr("sys.stdin", Input)
    status, (row,) = parse("-")
    assert (status, row["file"], row["exposure"]["instrument_mode"]) == (0, "-", "GRISM-H")


@pytest.mark.parametrize("value", ["NaN", "inf", "-inf", "1e400"])
def test_no_number_that_json_has_not(parse, tmp_path, value):
    made = headers.text(headers.cards("MIDI"))
    for key in ("RA", "MJD-OBS", "EXPTIME", "ISS AMBI TEMP", "ISS CONF T1X", "DET DIT"):
        made = "\n".join(
            f"{line.partition('=')[0]}= {value}" if f"{key} " in line else line for line in made.splitlines()
        )
    (tmp_path / "odd.hdr").write_text(made)
    status, (row,) = parse(tmp_path / "odd.hdr")
    assert status == 0 and row["exposure"]["target_ra"] is None


def test_odd_names_break_no_line(parse, tmp_path):
    path = tmp_path / "a\nb\033.hdr"
    path.write_text(headers.text(headers.cards()))
    status, (row,) = parse(path)
    assert status == 0 and row["file"].endswith("a\\nb\\x1b.hdr")
