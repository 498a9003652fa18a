"""oivo.toml and the environment: every setting, and everything that can be wrong with one."""

import tomllib

import pytest

from ingest.settings import SETTINGS, SettingError, Settings, defaults_file, load_settings, write_defaults

KEYS = [setting.key for setting in SETTINGS]


def load(tmp_path, text="", **environ):
    path = tmp_path / "oivo.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ)


@pytest.mark.parametrize("setting", SETTINGS, ids=KEYS)
def test_every_setting_is_documented_and_its_default_is_valid(setting):
    assert setting.help.endswith((".", '"oivo"')) and "\n" not in setting.help
    assert setting.check(setting.default) == setting.default


def test_keys_and_last_names_are_unique():
    # the last part of a key names the value in the templates of DaCHS' configuration
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_the_written_file_says_the_defaults(tmp_path):
    content = tomllib.loads(defaults_file())
    assert {f"{section}.{name}": value for section, entries in content.items() for name, value in entries.items()} == {
        setting.key: setting.default for setting in SETTINGS
    }
    assert load(tmp_path, defaults_file()).values == load_settings(tmp_path / "missing.toml", {}).values
    for setting in SETTINGS:
        assert f"# {setting.help}\n{setting.name} = " in defaults_file()


def test_an_operators_file_is_never_overwritten(tmp_path):
    path = tmp_path / "oivo.toml"
    assert write_defaults(path)
    path.write_text("[site]\nname = 'mine'\n")
    assert not write_defaults(path)
    assert load_settings(path, {})["site.name"] == "mine"


BAD_FILES = {
    "unknown name": ("[site]\nnmae = 'x'", ["site.nmae", "site.name", "site.authority"]),
    "unknown section": ("[sight]\nname = 'x'", ["sight.name", "site.name", "server.port"]),
    "outside of sections": ("port = 80", ["port", "outside"]),
    "not TOML": ("[site]\nname = 'x'\nport: 80\n", ["TOML", "line 3"]),
    "twice": ("[site]\nname = 'x'\nname = 'y'\n", ["TOML", "line 3"]),
    "a section as value": ("[site.name]\nx = 1", ["site.name", "text"]),
}


@pytest.mark.parametrize(("text", "named"), BAD_FILES.values(), ids=BAD_FILES)
def test_bad_file(tmp_path, text, named):
    with pytest.raises(SettingError) as caught:
        load(tmp_path, text)
    said = str(caught.value)
    assert all(word in said for word in [str(tmp_path / "oivo.toml"), *named]), said
    assert "\n" not in said
    assert caught.value.exit_status == 2


def test_not_utf8(tmp_path):
    (tmp_path / "oivo.toml").write_bytes(b"[site]\nname = 'caf\xe9'\n")
    with pytest.raises(SettingError, match="utf-8"):
        load_settings(tmp_path / "oivo.toml", {})


def test_unreadable(tmp_path):
    with pytest.raises(SettingError, match=f"{tmp_path}.*directory"):
        load_settings(tmp_path, {})


BAD_VALUES = [
    ("site.name", "1"), ("site.name", '["x"]'), ("site.name", "true"), ("site.name", '"a\\nb"'),
    ("site.name", '"a\\u0000b"'), ("site.name", '"a\\u2028b"'), ("site.description", '"ends with \\\\"'),
    ("site.contact_email", '""'), ("site.contact_email", '"nobody"'), ("site.contact_email", '"a@b c"'),
    ("site.contact_email", '"a@b\\n"'), ("site.contact_email", "1"),
    ("site.authority", '""'), ("site.authority", '"ab"'), ("site.authority", '"ivo://oivo.example"'),
    ("site.authority", '"a b.c"'), ("site.authority", '".abc"'),
    ("site.base_url", '"vo.example.org"'), ("site.base_url", '"https://vo.example.org/"'),
    ("site.base_url", '"https://vo.example.org/oivo"'), ("site.base_url", '"ftp://vo.example.org"'),
    ("site.base_url", '"https://vo.example.org?x"'), ("site.base_url", '"https://a b"'), ("site.base_url", "0"),
    ("server.port", "0"), ("server.port", "65536"), ("server.port", "-1"), ("server.port", "80.0"),
    ("server.port", "true"), ("server.port", '"eighty"'), ("server.port", '""'), ("server.port", '"8080 "'),
    ("server.bind", '""'), ("server.bind", '"localhost"'), ("server.bind", '"face"'), ("server.bind", '"1.2.3"'),
    ("server.bind", '"1.2.3.256"'), ("server.bind", '"[::1]"'), ("server.bind", "1"),
    ("server.workers", "0"), ("server.workers", "65"),
    ("limits.sync_seconds", "0"), ("limits.rows", "1e3"), ("limits.oifits_bytes", "2879"),
    ("limits.upload_bytes", '"99999999999999999999"'), ("limits.rows", '"٣"'),
    ("schedule.backup", '"24:00"'), ("schedule.backup", '"3:30"'), ("schedule.backup", '"03:60"'),
    ("schedule.backup", '"every 0 hours"'), ("schedule.backup", '"every 2 days"'), ("schedule.backup", '""'),
    ("schedule.backup", '"OFF"'), ("schedule.backup", "03:30:00"), ("schedule.backup", '"03:30\\n"'),
    ("schedule.tidy", '"daily"'), ("backup.keep", "0"),
    ("doi.api_url", '"http://api.datacite.org"'), ("doi.api_url", '"https://api.datacite.org/"'),
    ("doi.api_url", '"https://name:word@api.datacite.org"'), ("doi.api_url", '""'), ("doi.prefix", '"11.12345"'),
    ("doi.prefix", '"10.12345/"'), ("doi.namespace", '""'), ("doi.namespace", '"a b"'), ("doi.kinds", '"all"'),
    ("doi.repository", '"a:b"'),
    ("remote.sesame", '"cds.unistra.fr"'), ("remote.sesame", '"http://x y"'), ("remote.sesame", '"http://"'),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), BAD_VALUES)
def test_bad_value(tmp_path, key, value):
    section, name = key.split(".")
    with pytest.raises(SettingError) as caught:
        load(tmp_path, f"[{section}]\n{name} = {value}\n")
    said = str(caught.value)
    assert key in said and str(tmp_path / "oivo.toml") in said and "\n" not in said
    assert "wanted" in said or "allowed" in said


GOOD_VALUES = [
    ("site.name", '"Observatoire « Côte » 100 % $HOME"'), ("site.name", '""'), ("site.base_url", '""'),
    ("site.base_url", '"https://vo.example.org"'), ("site.base_url", '"http://[::1]:8080"'),
    ("site.authority", '"org.gavo.dc"'), ("site.contact_email", '"vo-team@example.org"'),
    ("server.bind", '"::"'), ("server.bind", '"0.0.0.0"'), ("server.port", "1"), ("server.port", "65535"),
    ("schedule.backup", '"00:00"'), ("schedule.backup", '"23:59"'), ("schedule.backup", '"off"'),
    ("schedule.backup", '"every 15 minutes"'), ("schedule.backup", '"every 1 hours"'), ("remote.sesame", '""'),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), GOOD_VALUES)
def test_good_value(tmp_path, key, value):
    section, name = key.split(".")
    text = f"[{section}]\n{name} = {value}\n"
    assert load(tmp_path, text)[key] == tomllib.loads(text)[section][name]


#: Another value than the default, by setting; 12:34 for a schedule, 5 for a number, a text for the rest.
OTHER_VALUES = {
    "site.authority": "other.example",
    "site.base_url": "http://other.example",
    "site.contact_email": "other@example.org",
    "server.bind": "::1",
    "server.port": "5000",
    "limits.oifits_bytes": "5000",
    "limits.submission_bytes": "5000",
    "limits.validator_bytes": "5000",
    "acl.valid_hours": "100",
    "doi.api_url": "https://other.example",
    "doi.prefix": "10.54321",
    "doi.namespace": "other",
    "doi.kinds": "VizieR",
    "eso.tap_url": "http://other.example",
    "eso.header_url": "http://other.example",
    "eso.instruments": "GRAVITY",
    "eso.since": "2020-01-01",
    "eso.tries": "7",
    "obsportal.resolve": "on",
    "remote.sesame": "http://other.example",
    "remote.vizier": "http://other.example",
    "remote.allow": "192.0.2.0/24",
}


@pytest.mark.parametrize("setting", SETTINGS, ids=KEYS)
def test_the_environment_overrides_the_file(tmp_path, setting):
    plain = "12:34" if setting.section == "schedule" else "5" if isinstance(setting.default, int) else "Other"
    other = OTHER_VALUES.get(setting.key, plain)
    settings = load(tmp_path, defaults_file(), **{f"OIVO_{setting.section}_{setting.name}".upper(): other})
    assert settings[setting.key] == type(setting.default)(other) != setting.default


def test_oivo_port_is_the_strongest(tmp_path):
    text = "[server]\nport = 1001\n"
    assert load(tmp_path, text)["server.port"] == 1001
    assert load(tmp_path, text, OIVO_SERVER_PORT="1002")["server.port"] == 1002
    assert load(tmp_path, text, OIVO_SERVER_PORT="1002", OIVO_PORT="1003")["server.port"] == 1003


@pytest.mark.parametrize(
    ("variable", "value"),
    [("OIVO_PORT", "http"), ("OIVO_PORT", ""), ("OIVO_SITE_NAME", "a\nb"), ("OIVO_SITE_NAME", "caf\udce9")],
)
def test_a_bad_variable_is_named(tmp_path, variable, value):
    with pytest.raises(SettingError, match=f"^{variable}: "):
        load(tmp_path, **{variable: value})


def test_other_variables_are_left_alone(tmp_path):
    load(tmp_path, OIVO_HOME="/x", OIVO_DEBUG="1", OIVO_SITE="x", OIVO_SITE_NMAE="x")


def test_base_url_follows_the_port():
    values = {setting.key: setting.default for setting in SETTINGS}
    assert Settings(values | {"server.port": 99}).base_url == "http://localhost:99"
    assert Settings(values | {"site.base_url": "https://vo.example.org"}).base_url == "https://vo.example.org"
    with pytest.raises(KeyError):
        Settings(values)["site.nothing"]
