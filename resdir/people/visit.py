"""A request to the account pages, as the views see it, and what they answer.

Views are functions of a `Visit`; they run in a thread, may ask the archive, and know nothing of twisted's requests.
May import ``ingest`` and ``resdir.identity``.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.access.policy import Visitor, release_moment
from ingest.archive import Archive
from ingest.archive.people import Account
from ingest.errors import MisuseError, OivoError
from ingest.home import Home
from ingest.validate.upload import Submitted

#: What a page says after something was done, by the key in its address.
DONE = {
    "logged-out": "You are logged out.",
    "everywhere": "You are logged out everywhere.",
    "password": "The password is set.",
    "revoked": "The token is revoked.",
    "shared": "Shared.",
    "ended": "Taken back.",
    "delegated": "Delegated.",
    "approved": "The account is active.",
    "refused": "The request is forgotten.",
    "blocked": "The account is blocked.",
    # entries of the catalogues
    "submitted": "Handed in. A curator looks at it before it is published.",
    "accepted": "Accepted: it is published.",
    "rejected": "Rejected.",
    "withdrawn": "Withdrawn from publication.",
    "revised": "Revised. It waits for a curator.",
    "amended": "Amended.",
    "retracted": "Taken back.",
}


class NeedsLoginError(Exception):
    """A page for people who are logged in."""


class NotFoundError(Exception):
    """There is no such page, or not for this person."""


class RefusedError(OivoError):
    """Something was asked for that cannot be done; with the status to answer."""

    def __init__(self, problem: str, status: int = 400, **more: str) -> None:
        super().__init__(problem, **more)
        self.status = status


@dataclass(frozen=True)
class Visit:
    """A request, taken apart.

    Attributes
    ----------
    home
        The instance.
    posted
        Whether it is to change something; then it was proven to come from our own form. When that fails, the view is
        called again without, to show the form with what was typed in it.
    rest
        What comes after the page's name in the path.
    asked, form
        Parameters of the address and fields of the form, the first of each name.
    visitor, account
        Who is logged in; nobody and None for strangers.
    session
        Secret of the session, or "".
    csrf
        What forms must bring along.
    address
        IP address of the client.
    files
        Files of the form.
    """

    home: Home
    posted: bool
    rest: tuple[str, ...]
    asked: dict[str, str]
    form: dict[str, str]
    visitor: Visitor
    account: Account | None
    session: str
    csrf: str
    address: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    files: tuple[Submitted, ...] = ()

    @property
    def archive(self) -> Archive:
        """The archive."""
        return Archive(self.home)

    @property
    def me(self) -> Account:
        """Return the account of who is logged in.

        Raises
        ------
        NeedsLoginError
            When nobody is.
        """
        if self.account is None:
            raise NeedsLoginError
        return self.account

    @property
    def contact(self) -> tuple[str, str]:
        """Name and public address of those who run the site."""
        settings = self.home.settings
        return settings.text("site.contact_name"), settings.text("site.contact_email")

    def said(self, name: str, longest: int = 1000) -> str:
        """Return a field of the form, blanks around it taken away."""
        return self.form.get(name, "").strip()[:longest]

    def number(self, name: str) -> int:
        """Return a number that our own form has put into a field.

        Raises
        ------
        RefusedError
            When it is none.
        """
        text = self.said(name)
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise RefusedError(f"{name} must be a number")
        return int(text)

    def last_day(self, name: str = "until") -> datetime | None:
        """Return the moment that a field for a last day stands for, or None for an empty one.

        Raises
        ------
        MisuseError
            When it is no date.
        """
        text = self.said(name)
        if not text:
            return None
        try:
            return release_moment(text)
        except ValueError:
            raise MisuseError(f"{text[:40]!r} is no date", remedy="write it like 2027-03-31") from None


@dataclass(frozen=True)
class Page:
    """A page to show.

    Attributes
    ----------
    title
        Its title and heading.
    body
        Its content.
    status
        Status of HTTP.
    forget
        Whether the browser's session ends.
    styles
        Names of the styles that it needs besides those of all pages.
    """

    title: str
    body: Any
    status: int = 200
    forget: bool = False
    styles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redirect:
    """Another page of this site to go to.

    Attributes
    ----------
    to
        Its path.
    session
        Secret of a new session for the browser, or "".
    forget
        Whether the browser's session ends.
    """

    to: str
    session: str = ""
    forget: bool = False


Answer = Page | Redirect

#: Tokens and the like are for days.
DAY = timedelta(days=1)
