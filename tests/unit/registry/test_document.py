"""registry.toml: the template is complete; what is wrong in an operator's file is said with its place."""

from pathlib import Path

import pytest

from ingest.registry.document import Document, DocumentError, is_placeholder, load_document, real

TEMPLATE = Path(__file__).resolve().parents[3] / "registry/registry.toml"


def changed(folder: Path, old: str, new: str) -> Path:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "registry.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_template_has_all_services() -> None:
    document = load_document(TEMPLATE)
    assert list(document.services) == ["tap", "obscore", "oidb", "obsportal", "jmdc", "badcal"]
    assert document.jmdc.bibcodes == ("2016yCat.2345....0D",)
    assert document.oidb.relations[0].service == "obsportal"
    assert document.creators_of("oidb") == document.creators


def test_a_service_may_have_rights_and_creators_of_its_own(tmp_path: Path) -> None:
    added = '[jmdc]\ncreators = ["Duvert, G."]\nrights = { licence = "CC-BY-4.0" }\n'
    document = load_document(changed(tmp_path, "[jmdc]\n", added))
    assert document.creators_of("jmdc") == ("Duvert, G.",)
    assert document.rights_of("jmdc").licence == "CC-BY-4.0"
    assert document.rights_of("oidb") == document.rights


BAD = {
    "not TOML": ('short_name = "OiDB"', "short_name = OiDB", ["TOML", "line"]),
    "unknown key": ('short_name = "OiDB"', 'shortname = "OiDB"', ["unknown key oidb.shortname", "short_name"]),
    "unknown section": ("[badcal]", "[bad_cal]", ["unknown key bad_cal"]),
    "missing": ('short_name = "OiDB"\n', "", ["oidb.short_name", "missing"]),
    "missing section": ("[contact]\n", "[contact.x]\n", ["contact"]),
    "a number": ('short_name = "OiDB"', "short_name = 7", ["oidb.short_name = 7", "text in quotes"]),
    "no list": ('waveband = ["Infrared", "Optical"]', 'waveband = "Infrared"', ["tap.waveband", "list"]),
    "no day": ("created = 2026-11-22", 'created = "2026-11-22"', ["authority.created", "day"]),
    "a moment": ("created = 2026-11-22", "created = 2026-11-22T12:00:00", ["authority.created", "day"]),
    "in a list": ('subjects = ["optical', 'subjects = [1, "optical', ["tap.subjects[1]", "text"]),
    "macro": ('short_name = "OiDB"', "short_name = '\\getConfig{db}{x}'", ["oidb.short_name", "backslash"]),
    "control character": ('short_name = "OiDB"', 'short_name = "O\\u0007"', ["oidb.short_name", "control"]),
    "bad relation": ('service = "obsportal" }', "service = 3 }", ["oidb.relations[1].service", "text"]),
    "section is a text": ("[rights]\n", "[rights2]\n", ["rights2"]),
}


@pytest.mark.parametrize(("old", "new", "named"), BAD.values(), ids=BAD)
def test_bad_file(tmp_path: Path, old: str, new: str, named: list[str]) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(DocumentError) as caught:
        load_document(path)
    said = str(caught.value)
    assert all(word in said for word in [str(path), *named]), said
    assert "\n" not in said and caught.value.exit_status == 2


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        load_document(tmp_path / "registry.toml")


@pytest.mark.parametrize(("text", "is_one"), [("<x>", True), (" <Surname, I.> ", True), ("a <b>", False), ("", False)])
def test_placeholders(text: str, is_one: bool) -> None:
    assert is_placeholder(text) is is_one
    assert real(text) == ("" if is_one else text.strip())


def test_every_key_is_in_the_operators_page() -> None:
    page = (TEMPLATE.parents[1] / "docs/registry.md").read_text(encoding="utf-8")
    service = load_document(TEMPLATE).oidb
    for key in (*Document.__dataclass_fields__, *vars(service)):
        assert f"`{key}`" in page, key
