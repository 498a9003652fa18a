"""The operator's settings: ``oivo.toml`` in the home, overridden by environment variables.

Every setting is a row of `SETTINGS`: its name, default, help and check. The file that a first
start writes, the check at each start and the table in the operator's page all come from there.

May import ``ingest.errors`` and the standard library only.
"""

import ipaddress
import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import MisuseError

Value = str | int


class SettingError(MisuseError):
    """``oivo.toml`` or an environment variable holds something that cannot be used."""


def _text(value: Any) -> Value:
    if not isinstance(value, str):
        raise ValueError("a text in quotes is wanted")
    # Cs: bytes of an environment variable that are not UTF-8
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in value):
        raise ValueError("a text of one line, without control characters, is wanted")
    if value.endswith("\\"):
        raise ValueError("no backslash is allowed at its end")  # it would join two lines of DaCHS' defaultmeta.txt
    return value


def _matching(pattern: str, wanted: str) -> Callable[[Any], Value]:
    expression = re.compile(pattern)

    def check(value: Any) -> Value:
        if not isinstance(value, str) or not expression.fullmatch(value):
            raise ValueError(f"{wanted} is wanted")
        return value

    return check


def _address(value: Any) -> Value:
    try:
        return str(ipaddress.ip_address(_text(value)))
    except ValueError:
        raise ValueError("an IP address is wanted") from None


def _networks(value: Any) -> Value:
    try:
        for part in str(_text(value)).replace(",", " ").split():
            ipaddress.ip_network(part)
    except ValueError:
        raise ValueError('networks like "192.0.2.0/24 2001:db8::/32", or "", are wanted') from None
    return str(value)


def _whole(lowest: int, highest: int) -> Callable[[Any], Value]:
    def check(value: Any) -> Value:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):  # an environment variable
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest} is wanted")
        return value

    return check


#: When a job runs: daily at an hour (UTC), at an interval, or never.
SCHEDULE = re.compile(r"off|([01][0-9]|2[0-3]):[0-5][0-9]|every [1-9][0-9]{0,3} (minutes|hours)")
_schedule = _matching(SCHEDULE.pattern, 'a time of day in UTC ("03:30"), "every 2 hours", "every 15 minutes" or "off"')
# DaCHS' pages link to /static and the like, so the site cannot live below a path.
_site_or_nothing = _matching(r"|https?://[^\s\"<>/?#@]+", 'an address like https://vo.example.org, no path, or ""')
_url_or_nothing = _matching(r"|https?://[^\s\"<>]+[^\s\"<>/]", 'a URL without a slash at its end, or ""')

_url = _matching(r"https?://[^\s\"<>]+[^\s\"<>/]", "a URL without a slash at its end")
# a password goes there
_secure_url = _matching(
    r"https://[^\s\"<>@]+[^\s\"<>/@]|http://(localhost|127\.0\.0\.1)(:[0-9]+)?",
    "a URL that begins with https://, without a slash at its end",
)
#: Kinds of collections, as the archive knows them.
_COLLECTION_KINDS = "public|simulation|suv|VizieR|pionier|eso|chara"

VLTI_INSTRUMENTS = ("MIDI", "AMBER", "PIONIER", "GRAVITY", "MATISSE")


@dataclass(frozen=True)
class Setting:
    """One thing that an operator can set.

    Attributes
    ----------
    section, name
        Where it stands in the file; the variable ``OIVO_SECTION_NAME`` overrides it.
    default
        What a first start writes.
    help
        For the comment above it, and for the operator's page.
    check
        Returns the value to use; raises ValueError with what is wanted.
    """

    section: str
    name: str
    default: Value
    help: str
    check: Callable[[Any], Value]

    @property
    def key(self) -> str:
        """Name of the setting in full: ``site.name``."""
        return f"{self.section}.{self.name}"

    @property
    def variables(self) -> tuple[str, ...]:
        """Environment variables that override the file, the strongest first."""
        full = f"OIVO_{self.section}_{self.name}".upper()
        return ("OIVO_PORT", full) if self.key == "server.port" else (full,)


SETTINGS = (
    Setting("site", "name", "oivo", "Short name of the site: in page titles and in its registry records.", _text),
    Setting(
        "site",
        "description",
        "Optical long-baseline interferometry: reduced data, observations, diameters, calibrators.",
        "One sentence for the front page and the registry.",
        _text,
    ),
    Setting("site", "organisation", "Unnamed organisation", "Who runs it; the publisher in registry records.", _text),
    Setting("site", "contact_name", "Operator", "A person or a team that answers questions.", _text),
    Setting(
        "site",
        "contact_email",
        "operator@example.org",
        "Shown on pages and in registry records: use an address that is meant to be public.",
        _matching(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+", "an e-mail address"),
    ),
    Setting(
        "site",
        "authority",
        "oivo.example",
        "IVOA authority, without ivo://; part of each new data set's identifier, so choose it before you ingest.",
        _matching(r"[A-Za-z0-9][A-Za-z0-9._~-]{2,}", "an IVOA authority (letters, digits, . _ ~ -, at least three)"),
    ),
    Setting(
        "site",
        "base_url",
        "",
        'Public address of the site, as users type it; "" means http://localhost and the port.',
        _site_or_nothing,
    ),
    Setting("server", "port", 8080, "Port of the web server; OIVO_PORT also overrides it.", _whole(1, 65535)),
    Setting(
        "server",
        "bind",
        "127.0.0.1",
        'Address to listen on; "0.0.0.0" is every IPv4 interface. Behind a proxy keep 127.0.0.1.',
        _address,
    ),
    Setting(
        "server",
        "aspro_port",
        0,
        "Second port of the web server, 6543 for ASPRO2 in its developer mode (-DQueryRawObservations.local=true); "
        "0 means none.",
        _whole(0, 65535),
    ),
    Setting("server", "workers", 1, "DaCHS processes; more than one are put behind HAProxy.", _whole(1, 64)),
    Setting("limits", "sync_seconds", 60, "Longest synchronous TAP query, in seconds.", _whole(1, 86400)),
    Setting("limits", "async_seconds", 3600, "Longest asynchronous TAP job, in seconds.", _whole(1, 864000)),
    Setting("limits", "async_jobs", 2, "Asynchronous TAP jobs that run at a time, for each worker.", _whole(1, 64)),
    Setting("limits", "rows", 20000, "Rows that a TAP query returns unless it asks for more.", _whole(1, 100000000)),
    Setting("limits", "rows_at_most", 20000000, "Rows that a TAP query returns at the very most.", _whole(1, 10**9)),
    Setting(
        "limits", "upload_bytes", 20000000, "Size of a table uploaded to an asynchronous query.", _whole(1, 10**10)
    ),
    Setting(
        "limits", "sync_upload_bytes", 500000, "Size of a table uploaded to a synchronous query.", _whole(1, 10**9)
    ),
    Setting("limits", "form_fields", 5000, "Fields of a form, or parameters of a query.", _whole(1, 10**6)),
    Setting("limits", "oifits_bytes", 536870912, "Size of an OIFITS file, unpacked.", _whole(2880, 10**11)),
    Setting(
        "limits", "validator_bytes", 64000000, "Size of what is sent to the validator at a time.", _whole(2880, 10**10)
    ),
    Setting(
        "limits",
        "submission_bytes",
        128000000,
        "Size of what is sent to a submission at a time; larger files come in parts, through the HTTP interface.",
        _whole(2880, 10**10),
    ),
    Setting("limits", "validator_seconds", 60, "Time to check one upload; then it is ended.", _whole(1, 3600)),
    Setting("limits", "validator_jobs", 2, "Uploads checked at a time, for each worker; others wait.", _whole(1, 64)),
    Setting("limits", "batch_entries", 1000, "Entries of JMDC or BadCal in one batch.", _whole(1, 20000)),
    Setting(
        "limits",
        "waiting_entries",
        3000,
        "Entries of one person that may wait for review in JMDC, and in BadCal.",
        _whole(1, 10**6),
    ),
    Setting("limits", "session_days", 7, "Days after which the website asks for the password again.", _whole(1, 365)),
    Setting(
        "limits",
        "login_failures",
        10,
        "Wrong passwords for an account within 15 minutes; then none is looked at until they are over.",
        _whole(1, 10000),
    ),
    Setting(
        "limits",
        "login_failures_address",
        100,
        "Wrong passwords from one address within 15 minutes, for all accounts together.",
        _whole(1, 10**6),
    ),
    Setting("eso", "tap_url", "https://archive.eso.org/tap_obs", "TAP service of ESO's archive.", _url),
    Setting("eso", "header_url", "https://archive.eso.org/hdr", "Header service of ESO's archive.", _url),
    Setting(
        "eso",
        "instruments",
        " ".join(VLTI_INSTRUMENTS),
        "Instruments whose exposures are harvested, with blanks between them.",
        _matching(rf"({'|'.join(VLTI_INSTRUMENTS)})( ({'|'.join(VLTI_INSTRUMENTS)}))*", "names of VLTI instruments"),
    ),
    Setting(
        "eso",
        "since",
        "2002-12-01",
        "The harvest begins with exposures of this day.",
        _matching(r"(19[89]|20[0-9])[0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])", "a date like 2002-12-01"),
    ),
    Setting("eso", "connections", 4, "Header requests to ESO's archive that run at a time.", _whole(1, 16)),
    Setting("eso", "tries", 5, "Requests for one thing before it is put off.", _whole(1, 20)),
    Setting(
        "schedule", "acl", "02:30", "Renew the rules of hosted trees; changes are written within minutes.", _schedule
    ),
    Setting("schedule", "backup", "03:30", "Dump of the archive to the folder backups.", _schedule),
    Setting("schedule", "dois", "05:45", "Tell DataCite what changed about collections that have a DOI.", _schedule),
    Setting(
        "schedule", "obsportal", "off", 'Harvest of ESO\'s archive for ObsPortal; "every 1 hours" suits.', _schedule
    ),
    Setting("schedule", "previews", "every 10 minutes", "Quick-look plots of granules that have none yet.", _schedule),
    Setting(
        "schedule",
        "registry",
        "05:10",
        "Ask the data what the registry's records say: coverage, test queries.",
        _schedule,
    ),
    Setting("schedule", "release_dates", "00:05", "Note in the journal which data became public.", _schedule),
    Setting("schedule", "remote_files", "01:15", "Compare files that others host with their checksums.", _schedule),
    Setting("schedule", "statistics", "02:00", "Count the published tables, for those who look for values.", _schedule),
    Setting("schedule", "tidy", "04:30", "Remove stored bytes and upload leftovers that nothing refers to.", _schedule),
    Setting(
        "acl",
        "valid_hours",
        72,
        "How long rules of hosted trees let persons in when nothing renews them.",
        _whole(52, 8760),
    ),
    Setting(
        "acl",
        "push_command",
        "rsync --from0 --files-from=- --perms --times --checksum --timeout=60 {source}/ {target}/",
        "Copies rules to another host: the files named on its standard input, from {source} to {target}.",
        _text,
    ),
    Setting("backup", "keep", 7, "How many dumps are kept.", _whole(1, 1000)),
    Setting(
        "remote",
        "sesame",
        "https://cds.unistra.fr/cgi-bin/nph-sesame",
        'Name resolver that forms ask for stars the archive does not know; "" asks nobody.',
        _url_or_nothing,
    ),
    Setting(
        "remote",
        "vizier",
        "https://cdsarc.cds.unistra.fr/ftp",
        "Folder of VizieR's catalogues at CDS, for ./oivo oidb import-vizier.",
        _url_or_nothing,
    ),
    Setting(
        "remote",
        "allow",
        "",
        "Networks that files may be fetched from although they are not public: 192.0.2.0/24 …; usually none.",
        _networks,
    ),
    Setting(
        "obsportal",
        "resolve",
        "off",
        'Whether targets that the star table lacks are looked up at remote.sesame, 50 at a time: "on" or "off".',
        _matching("on|off", '"on" or "off"'),
    ),
    Setting(
        "doi",
        "api_url",
        "https://api.datacite.org",
        "DataCite's REST API; https://api.test.datacite.org to try things out.",
        _secure_url,
    ),
    Setting(
        "doi",
        "prefix",
        "",
        'Prefix of your DOIs, such as 10.12345; "" means that none are registered.',
        _matching(r"|10\.[0-9]{4,9}", 'a prefix like 10.12345, or ""'),
    ),
    Setting(
        "doi",
        "namespace",
        "oidb",
        "What the part of a DOI after the prefix begins with; for sites that share a prefix.",
        _matching(r"[a-z0-9][a-z0-9-]{0,19}", "up to 20 small letters, digits and hyphens"),
    ),
    Setting(
        "doi",
        "repository",
        "",
        "Name of your repository's account at DataCite, such as EXAMPLE.OIVO.",
        _matching(r"|[A-Za-z0-9._-]{3,60}", 'the name of an account, or ""'),
    ),
    Setting("doi", "password_file", "", "File with its password; readable by the server's account only.", _text),
    Setting(
        "doi",
        "kinds",
        "public suv pionier eso chara",
        "Kinds of collections that get DOIs; those of VizieR have a home elsewhere, simulations may not want one.",
        _matching(rf"({_COLLECTION_KINDS})( ({_COLLECTION_KINDS}))*", "kinds of collections, with blanks between them"),
    ),
)

_BY_KEY = {setting.key: setting for setting in SETTINGS}
_HEAD = """\
# Settings of this oivo site. `./oivo up` checks this file at each start.
# Each can be overridden by an environment variable: OIVO_SITE_NAME, OIVO_SERVER_PORT ...
"""


@dataclass(frozen=True)
class Settings:
    """The settings in force; `settings["site.name"]` gives one.

    Raises
    ------
    KeyError
        For a key that is not in `SETTINGS`.
    """

    values: Mapping[str, Value]

    def __getitem__(self, key: str) -> Value:
        return self.values[key]

    def text(self, key: str) -> str:
        """Return a text setting."""
        value = self.values[key]
        assert isinstance(value, str), key
        return value

    def number(self, key: str) -> int:
        """Return a whole-number setting."""
        value = self.values[key]
        assert isinstance(value, int), key
        return value

    @property
    def ports(self) -> tuple[int, ...]:
        """Ports on which the site answers: its own, and ASPRO2's where it has one."""
        port, alias = self.number("server.port"), self.number("server.aspro_port")
        return (port, alias) if alias and alias != port else (port,)

    @property
    def base_url(self) -> str:
        """Public address of the site, without a slash at its end."""
        return self.text("site.base_url") or f"http://localhost:{self.number('server.port')}"


def defaults_file() -> str:
    """Return the text that a first start writes: every setting, its meaning and default."""
    lines = [_HEAD]
    section = ""
    for setting in SETTINGS:
        if setting.section != section:
            section = setting.section
            lines.append(f"\n[{section}]\n")
        # JSON's strings and whole numbers are TOML's, too.
        lines.append(f"# {setting.help}\n{setting.name} = {json.dumps(setting.default, ensure_ascii=False)}\n")
    return "".join(lines)


def _from_file(path: Path) -> Iterator[tuple[Setting, Any]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except OSError as error:
        raise SettingError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"is not TOML: {error}", place=str(path), remedy="mend that line") from error
    for section, entries in content.items():
        if not isinstance(entries, dict):
            raise SettingError(f"{section} stands outside of any section", place=str(path))
        for name, value in entries.items():
            setting = _BY_KEY.get(f"{section}.{name}")
            if setting is None:
                known = ", ".join(key for key in _BY_KEY if key.startswith(f"{section}.")) or ", ".join(_BY_KEY)
                raise SettingError(f"unknown setting {section}.{name}", place=str(path), remedy=f"known are: {known}")
            yield setting, value


def _checked(setting: Setting, value: Any, place: str) -> Value:
    try:
        return setting.check(value)
    except ValueError as error:
        raise SettingError(f"{setting.key} = {value!r}: {error}", place=place) from None


def load_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings in force.

    Parameters
    ----------
    path
        The operator's ``oivo.toml``; defaults hold where it is missing.
    environ
        Environment, the process's own by default.

    Raises
    ------
    SettingError
        For a file that cannot be read, an unknown setting, an unusable value.
    """
    environ = os.environ if environ is None else environ
    values = {setting.key: setting.default for setting in SETTINGS}
    for setting, value in _from_file(path):
        values[setting.key] = _checked(setting, value, str(path))
    for setting in SETTINGS:
        variable = next((name for name in setting.variables if name in environ), None)
        if variable:
            values[setting.key] = _checked(setting, environ[variable], variable)
    return Settings(values)


def write_defaults(path: Path) -> bool:
    """Write the documented defaults where there is no file yet; say whether it was written."""
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(defaults_file())
    except FileExistsError:
        return False
    return True
