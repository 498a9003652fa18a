"""What every command is given: the instance it works on.

May import ``ingest.home``, ``ingest.archive``, ``ingest.instance.account`` and ``ingest.logs``.
"""

import re
from dataclasses import dataclass

import click

from ingest.archive import Archive
from ingest.archive.store import Store
from ingest.errors import MisuseError
from ingest.home import Home
from ingest.instance.account import drop_privileges
from ingest.logs import start_log


@dataclass
class Context:
    """The home of the instance, and whether tracebacks are wanted."""

    home: Home
    debug: bool
    run: str = ""

    def enter(self) -> None:
        """Make ready for work on an existing instance: not as root, with a log.

        Raises
        ------
        MisuseError
            When there is no instance.
        """
        if not self.home.exists():
            raise MisuseError("there is no instance yet", place=str(self.home.root), remedy="start one: ./oivo up")
        drop_privileges(self.home)
        self.run = start_log(self.home)

    @property
    def archive(self) -> Archive:
        """The archive of the instance."""
        return Archive(self.home)

    @property
    def store(self) -> Store:
        """The store of files of the instance."""
        return Store(self.home.files)


#: Decorator that gives a command its `Context`.
pass_context = click.make_pass_decorator(Context)


def printable(text: str) -> str:
    """Return text with its control characters, and bytes of file names that are not UTF-8, escaped."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def complain(what: object) -> None:
    """Print one line on standard error, whatever file names and other people's messages hold."""
    line = re.sub(r"\s*\n\s*", " ", str(what))
    click.echo(f"oivo: {printable(line)}", err=True)
