"""The registry of an instance: the operator's file in the home, what the data say, and the RD that DaCHS is given.

May import ``ingest.archive``, ``ingest.home`` and ``ingest.registry``.
"""

import dataclasses
import datetime
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from ingest.archive import Archive
from ingest.archive.coverage import facts
from ingest.home import PROJECT, Home
from ingest.registry.coverage import Facts, TestQuery
from ingest.registry.document import Document, load_document
from ingest.registry.streams import CATALOGUES, Site, streams
from ingest.settings import SETTINGS, Settings

_TEMPLATE = PROJECT / "registry/registry.toml"


@dataclass(frozen=True)
class Registry:
    """What an instance tells the registries of the Virtual Observatory.

    Attributes
    ----------
    home
        The instance.
    """

    home: Home

    @property
    def file(self) -> Path:
        """The operator's ``registry.toml``."""
        return self.home.root / "registry.toml"

    @property
    def folder(self) -> Path:
        """Folder of inputs in which DaCHS finds the RDs of the registry."""
        return self.home.dachs / "inputs/registry"

    @property
    def _stamp(self) -> Path:
        return self.home.root / "registry.published"

    @property
    def _facts_file(self) -> Path:
        return self.home.dachs / "etc/coverage.json"

    @property
    def published(self) -> datetime.datetime | None:
        """When the operator published (UTC); None before, and after a withdrawal."""
        try:
            return datetime.datetime.fromisoformat(self._stamp.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            return None

    def publish(self) -> None:
        """Note that the records are meant for the world."""
        self._stamp.write_text(f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%S+00:00}\n", encoding="ascii")

    def withdraw(self) -> None:
        """Note that they are not, any more."""
        self._stamp.unlink(missing_ok=True)

    def document(self) -> Document:
        """Return the operator's file, which the first call makes of the template.

        Raises
        ------
        DocumentError
            When it cannot be used.
        """
        if not self.file.exists():
            shutil.copyfile(_TEMPLATE, self.file)
        return load_document(self.file)

    def site(self) -> Site:
        """Return what the settings say."""
        settings = self.home.settings
        return Site(
            authority=settings.text("site.authority"),
            name=settings.text("site.name"),
            # an organisation that nobody has named yet is none to cite
            organisation=settings.text("site.name" if _is_unnamed(settings) else "site.organisation"),
            published=self.published is not None,
        )

    def digest(self) -> str:
        """Return all that DaCHS must be told anew when it changes, but what the data say."""
        return streams(self.document(), {}, self.site())

    def ask_data(self) -> dict[str, Facts]:
        """Return what the data say, asked now."""
        with Archive(self.home).transaction() as cursor:
            found = {service: facts(cursor, service) for service in CATALOGUES}
        # All that is in ivoa.obscore comes from oidb.oidb.
        return {**found, "obscore": found["oidb"]}

    def known_facts(self) -> dict[str, Facts]:
        """Return what the data said when that was last written; nothing before the first time."""
        try:
            content = json.loads(self._facts_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return {service: _facts(values) for service, values in content.items()}

    def written(self) -> str:
        """Return the RD of the streams as it is now."""
        return (self.folder / "meta.rd").read_text(encoding="utf-8")

    def restore(self, text: str) -> None:
        """Put an earlier RD of the streams back."""
        _write(self.folder / "meta.rd", text)

    def write(self, known: dict[str, Facts]) -> bool:
        """Write the RD of the streams, and what it was made of; say whether it differs from the one before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _link(self.folder / "obscore.rd", PROJECT / "registry/obscore.rd")
        text = streams(self.document(), known, self.site())
        target = self.folder / "meta.rd"
        if target.exists() and target.read_text(encoding="utf-8") == text:
            return False
        _write(self._facts_file, json.dumps({name: dataclasses.asdict(of) for name, of in known.items()}, default=str))
        _write(target, text)
        return True


def _write(target: Path, text: str) -> None:
    # A server may read it at any moment: it sees the old one or the new one.
    beside = target.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(target)


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def _facts(values: dict[str, object]) -> Facts:
    raw = dict(values)
    test, updated = raw["test"], raw["updated"]
    assert isinstance(raw["temporal"], list) and isinstance(raw["spectral"], list)
    return Facts(
        spatial=str(raw["spatial"]),
        temporal=tuple((low, high) for low, high in raw["temporal"]),
        spectral=tuple((low, high) for low, high in raw["spectral"]),
        test=TestQuery(**test) if isinstance(test, dict) else None,
        updated=datetime.date.fromisoformat(str(updated)) if updated else None,
    )


def _is_unnamed(settings: Settings) -> bool:
    (organisation,) = (setting for setting in SETTINGS if setting.key == "site.organisation")
    return settings[organisation.key] == organisation.default
