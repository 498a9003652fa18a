"""The operator's account at DataCite: what the settings say, and the password, which is in a file of its own.

May import ``ingest.archive``, ``ingest.home`` and ``ingest.errors``.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from ingest.archive.citations import UNNAMED
from ingest.errors import MisuseError
from ingest.home import Home

_WANTED = ("doi.prefix", "doi.repository", "doi.password_file", "site.base_url")


@dataclass(frozen=True)
class Account:
    """A repository at DataCite.

    Attributes
    ----------
    api_url
        Of its REST API, without a slash at its end.
    repository
        Name of the account: ``EXAMPLE.OIVO``.
    contact
        E-mail address that DataCite's operators can write to.
    """

    api_url: str
    repository: str
    password: str = field(repr=False)
    contact: str = ""


def missing(home: Home) -> list[str]:
    """Return the settings without which nothing is registered; empty when DOIs are configured."""
    settings = home.settings
    lacking = [key for key in _WANTED if not settings.text(key)]
    return lacking + (["site.organisation"] if settings.text("site.organisation") in ("", UNNAMED) else [])


def account_of(home: Home) -> Account:
    """Return the account.

    Raises
    ------
    MisuseError
        When settings lack, or the password's file cannot be used.
    """
    lacking = missing(home)
    if lacking:
        raise MisuseError(
            "no DOIs are registered here",
            place=str(home.settings_file),
            remedy=f"set {', '.join(lacking)}; see docs/citation.md",
        )
    settings = home.settings
    return Account(
        settings.text("doi.api_url"),
        settings.text("doi.repository"),
        _password(Path(settings.text("doi.password_file"))),
        settings.text("site.contact_email"),
    )


def _password(path: Path) -> str:
    """Return the first line of a file that nobody but its owner can read."""
    try:
        with path.open(encoding="utf-8") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077:
                raise MisuseError(
                    "is open to others", place=str(path), remedy=f"close it: chmod 600 {path}, owned by the server"
                )
            password = stream.readline(1000).rstrip("\r\n")
    except OSError as error:
        raise MisuseError(
            f"the password for DataCite cannot be read ({error.strerror})", place=str(path), remedy="doi.password_file"
        ) from error
    except UnicodeDecodeError:
        password = ""
    if not password:
        raise MisuseError("has no password in its first line", place=str(path), remedy="doi.password_file")
    return password
