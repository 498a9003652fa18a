"""The DaCHS root of an instance: configured from `oivo.toml`, filled from the RD folders.

Everything in it is disposable: it can be deleted and made again. DaCHS is used through its own
command line only. May import ``ingest.home``, ``ingest.errors``, ``ingest.registry``, ``environment``, ``postgres``,
``pgsphere``, ``obscore`` and ``registry``.
"""

import grp
import hashlib
import json
import os
import pwd
import re
import shlex
import shutil
import string
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg2

from ingest.errors import OivoError
from ingest.home import PROJECT, Home
from ingest.instance.environment import RUNTIME
from ingest.instance.obscore import simplify_obscore
from ingest.instance.pgsphere import remove_operators_of_dachs
from ingest.instance.postgres import DATABASE, SUPERUSER, Cluster
from ingest.instance.registry import Registry
from ingest.registry.document import Contact, real

#: Services in the order in which they are published; each has its folder ``NAME_rd``.
SERVICES = tuple(name for name in ("oidb", "obsportal", "jmdc", "badcal") if (PROJECT / f"{name}_rd/q.rd").exists())
#: RDs that a service has beside its ``q.rd``: tables in schemas of others.
BESIDE = {"oidb": ("oidb/radio",)}
#: Makes records of all services, of ObsCore, of TAP, and of the site itself: those need the others.
_PUB = ("pub", *(f"{service}/q" for service in SERVICES), "registry/obscore", "//tap", "//services")

#: jQuery as DaCHS' pages want it. DaCHS 2.7 puts it together from jquery-ui's single files, one of
#: which Debian 12 renamed, and answers 500; a file of that name in the site's own folder wins.
_JQUERY = (Path("/usr/share/javascript/jquery/jquery.min.js"), Path("/usr/share/javascript/jquery-ui/jquery-ui.min.js"))


#: What differs between two processes or two places of one site. It is written at each start and is in no view and no
#: record, so that a home can be moved, or get another port, without being published anew.
_OF_THE_PLACE = ("root", "user", "group", "port", "bind", "workers", "aspro_port")


class DachsError(OivoError):
    """A DaCHS command failed."""


@dataclass(frozen=True)
class Dachs:
    """DaCHS in one home.

    Attributes
    ----------
    home
        The instance.
    port
        Where the server listens; the public port, or that of one worker behind HAProxy.
    """

    home: Home
    port: int | None = None

    @property
    def configuration(self) -> Path:
        """The ``gavo.rc`` of this server process."""
        return self.home.dachs / ("gavo.rc" if self.port is None else f"gavo-{self.port}.rc")

    def environment(self) -> dict[str, str]:
        """Environment in which DaCHS' programs run: this root, this project, nothing of the user's."""
        return {
            **os.environ,
            "GAVOSETTINGS": str(self.configuration),
            "GAVOCUSTOM": os.devnull,
            "HOME": str(self.home.dachs),
            "OIVO_HOME": str(self.home.root),
            "PYTHONPATH": str(PROJECT),
            "MPLCONFIGDIR": str(self.home.dachs / "etc"),
            "LC_ALL": "C.UTF-8",
            # The server starts asynchronous jobs as the program `gavo`: ours, so that they run in this Python, too.
            "PATH": f"{self.home.dachs / 'bin'}:{os.environ.get('PATH', os.defpath)}",
        }

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of ``dachs ARGUMENTS`` in this Python, so that RDs can import ``ingest``."""
        return [str(RUNTIME), "-m", "ingest.instance.dachs_cli", *arguments]

    def run(self, *arguments: str) -> str:
        """Run ``dachs ARGUMENTS``; several commands in one process are parted by ``++``.

        Returns
        -------
        str
            What it printed.

        Raises
        ------
        DachsError
            When it fails, with DaCHS' own message.
        """
        log = self.home.logs / "dachs-commands.log"
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            cwd=self.home.dachs,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"$ dachs {' '.join(arguments)}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            raise DachsError(
                f"dachs {' '.join(arguments)} failed: {_complaint(done.stdout + done.stderr)}", remedy=f"see {log}"
            )
        return done.stdout

    def configure(self) -> None:
        """Write configuration and site files, and link the RD folders."""
        etc = self.home.dachs / "etc"
        for folder in (etc, self.home.dachs / "inputs", self.home.dachs / "web/nv_static/js"):
            folder.mkdir(parents=True, exist_ok=True)
        values = self._values()
        self._write(PROJECT / "resdir/config/gavo.rc", self.configuration, values)
        self._write(PROJECT / "resdir/config/defaultmeta.txt", etc / "defaultmeta.txt", values)
        self._write(PROJECT / "resdir/config/vanitynames.txt", etc / "vanitynames.txt", values)
        self._write(PROJECT / "resdir/config/userconfig.rd", etc / "userconfig.rd", values)
        # DaCHS writes this at its initialisation only; the sockets move with the home.
        (etc / "dsn").write_text(f"database = {DATABASE}\nhost = {self.home.sockets}\nport = 5432\n", encoding="utf-8")
        _link(self.home.dachs / "inputs/site", PROJECT / "resdir")
        for service in SERVICES:
            _link(self.home.dachs / "inputs" / service, PROJECT / f"{service}_rd")
        self._site_files()
        self._program()
        self._vocabularies()
        registry = Registry(self.home)
        registry.write(registry.known_facts())

    def _vocabularies(self) -> None:
        """Put the terms that oivo uses where DaCHS caches the IVOA's vocabularies.

        DaCHS fetches them from the network, without a time limit, and 2.11 publishes nothing without
        them; a fresh file in the cache keeps it from asking for half a year.
        """
        cache = self.home.dachs / "cache"
        cache.mkdir(exist_ok=True)
        vocabularies = json.loads((PROJECT / "resdir/vocabularies.json").read_text(encoding="utf-8"))
        for vocabulary in vocabularies.values():
            name = vocabulary["uri"].replace("/", "=2F")  # as DaCHS names the file
            (cache / name).write_text(json.dumps(vocabulary), encoding="utf-8")

    def _program(self) -> None:
        folder = self.home.dachs / "bin"
        folder.mkdir(exist_ok=True)
        command = shlex.join([str(RUNTIME), "-m", "ingest.instance.dachs_cli"])
        (folder / "gavo").write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        (folder / "gavo").chmod(0o755)

    def _values(self) -> dict[str, str]:
        settings = self.home.settings
        me = pwd.getpwuid(os.geteuid())
        values = {setting.partition(".")[2]: str(value) for setting, value in settings.values.items()}
        return values | {
            "root": str(self.home.dachs),
            "user": me.pw_name,
            "group": grp.getgrgid(os.getegid()).gr_name,
            "base_url": settings.base_url,
            "site_name": settings.text("site.name"),
            "port": str(self.port or settings.number("server.port")),
            "bind": "127.0.0.1" if self.port else settings.text("server.bind"),
            # registry short names have 16 characters at most, authorities' 13
            "short_name": settings.text("site.name")[:13],
            "contact_lines": _contact_lines(Registry(self.home).document().contact),
            "obscore_utype": _obscore_utype(),
            "preload": ", ".join(f"{service}/q" for service in ("site", *SERVICES)),
        }

    @staticmethod
    def _write(template: Path, target: Path, values: dict[str, str]) -> None:
        # DaCHS' configuration expands %: a literal one is doubled there, and nowhere else.
        if target.suffix == ".rc":
            values = {name: value.replace("%", "%%") for name, value in values.items()}
        target.write_text(string.Template(template.read_text(encoding="utf-8")).substitute(values), encoding="utf-8")

    def _site_files(self) -> None:
        web = self.home.dachs / "web"
        shutil.copytree(PROJECT / "resdir/web/static", web / "nv_static", dirs_exist_ok=True)
        shutil.copytree(PROJECT / "resdir/web/templates", web / "templates", dirs_exist_ok=True)
        for name in ("robots.txt",):
            shutil.copyfile(PROJECT / "resdir/web" / name, web / name)
        missing = [str(part) for part in _JQUERY if not part.exists()]
        if missing:
            raise DachsError(
                "is not installed", place=missing[0], remedy="apt-get install libjs-jquery libjs-jquery-ui"
            )
        (web / "nv_static/js/jquery-gavo.js").write_bytes(b"\n;\n".join(part.read_bytes() for part in _JQUERY))

    def initialise(self) -> bool:
        """Make DaCHS' folders, roles and system tables where that was not finished; say whether it was done."""
        stamp = self.home.dachs / "initialised"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == version("gavodachs"):
            return False
        if stamp.exists():
            self.run("upgrade")
        else:
            remove_operators_of_dachs(Cluster(self.home))
            self.run("init", "-d", f"host={self.home.sockets} dbname={DATABASE} user={SUPERUSER}")
        stamp.write_text(version("gavodachs"), encoding="utf-8")
        return True

    def publication_stamp(self) -> str:
        """Return a digest of all that publication depends on: RDs, templates, settings, versions.

        Of the addresses only one that the operator chose counts: the registry's records are made anew with it.
        """
        values = self._values() | {"base_url": self.home.settings.text("site.base_url")}
        published = sorted((name, value) for name, value in values.items() if name not in _OF_THE_PLACE)
        digest = hashlib.sha256(f"{version('gavodachs')} {published} {Registry(self.home).digest()}".encode())
        folders = [PROJECT / "resdir", PROJECT / "registry", *(PROJECT / f"{service}_rd" for service in SERVICES)]
        for path in sorted(path for folder in folders for path in folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def withdraw(self, services: Iterable[str] = SERVICES) -> None:
        """Drop every RD's views from the database, so that the archive's tables can be replaced."""
        steps: list[str] = ["++", "drop", "site/stats"]
        for service in services:
            for rd in (*BESIDE.get(service, ()), f"{service}/q"):
                steps += ["++", "drop", rd]
        self.run(*steps[1:])
        (self.home.dachs / "published").unlink(missing_ok=True)

    def publish(self, services: Iterable[str] = SERVICES) -> None:
        """Import every RD and register its services; loses nothing, since all data are in the archive."""
        registry = Registry(self.home)
        registry.write(registry.ask_data())
        # ObsCore first and once: what is imported loses the foreign keys that others have to it (TAP_SCHEMA cascades)
        steps: list[str] = ["imp", "//obscore"]
        for service in services:
            for rd in (f"{service}/q", *BESIDE.get(service, ())):
                steps += ["++", "imp", rd]
        steps += ["++", "imp", "site/stats"]
        said = self.run(*steps, "++", *_PUB)
        simplify_obscore(Cluster(self.home))
        _note_jobs_quickly(Cluster(self.home))
        _complain_of_refused(said)

    def register(self) -> None:
        """Write the records of the registry anew, from what `Registry.write` wrote; a running server notices."""
        _complain_of_refused(self.run(*_PUB))


def _complain_of_refused(said: str) -> None:
    # DaCHS goes on with the others, and with status 0.
    refused = re.findall(r"Aborting publication of (.*?)(?=\n(?! \*)|$)", said, re.DOTALL)
    if refused:
        raise DachsError(f"no record can be made of {' '.join(' '.join(refused).split())}", remedy="see registry.toml")


def _obscore_utype() -> str:
    """Return the standard's utype for the table of ObsCore, which DaCHS gives it since 2.11; it must have one only."""
    release = tuple(int(part) for part in re.findall(r"\d+", version("gavodachs"))[:2])
    return "" if release >= (2, 11) else '<meta name="utype">ivo://ivoa.net/std/obscore#table-1.1</meta>'


def _contact_lines(contact: Contact) -> str:
    """Return the lines of DaCHS' defaultmeta.txt that tell how the contact is reached, as far as that is said."""
    said = {"address": real(contact.address), "telephone": real(contact.telephone)}
    return "\n".join(f"contact.{name}: {' '.join(text.split())}" for name, text in said.items() if text)


def _note_jobs_quickly(cluster: Cluster) -> None:
    """Let DaCHS not wait for the disk: a TAP query notes 13 times how it goes, and all that it writes is disposable."""
    connection = psycopg2.connect(cluster.dsn())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("ALTER ROLE gavoadmin SET synchronous_commit = off")
    finally:
        connection.close()


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target, target_is_directory=True)


def _complaint(output: str) -> str:
    """Return DaCHS' message without its decoration: from its last line of stars on."""
    said = re.split(r"\*\*\* Error: |\*X\*X\* ", output)[-1] if "***" in output or "*X*X*" in output else output
    return " ".join(said.split())[-600:] or "it said nothing"
