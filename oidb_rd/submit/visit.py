"""A request to the pages of submission, as their views see it, and what they answer besides pages.

May import ``ingest`` and ``resdir.people``.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingest.access.policy import Visitor
from ingest.archive.submissions import Submission
from ingest.submission import Desk, Problem
from resdir.people.visit import Answer as PeoplesAnswer
from resdir.people.visit import NeedsLoginError, Visit


@dataclass(frozen=True)
class SubmitVisit(Visit):
    """A request, taken apart.

    Attributes
    ----------
    lists
        All values of the fields of a form that were sent several times.
    problems
        What was wrong with the form that was sent, to be shown beside its fields.
    trouble
        Why the form as a whole was not taken, to be shown above it.
    wants_json
        Whether our own script asks, not the browser by itself.
    """

    lists: dict[str, tuple[str, ...]] | None = None
    problems: tuple[Problem, ...] = ()
    trouble: str = ""
    wants_json: bool = False

    @property
    def desk(self) -> Desk:
        """Where the visitor hands in.

        Raises
        ------
        NeedsLoginError
            When nobody is logged in.
        NotAllowedError
            When the visitor may not submit.
        """
        if self.visitor.account_id is None:
            raise NeedsLoginError
        return Desk(self.home, self.visitor, self._clock)

    def _clock(self) -> datetime:
        return self.now

    @property
    def is_curator(self) -> bool:
        """Whether the visitor may take files with severe findings."""
        return self.visitor.role == "curator"

    def several(self, name: str) -> tuple[str, ...]:
        """Return all values of a field."""
        return (self.lists or {}).get(name, ())

    def typed(self, name: str, otherwise: str) -> str:
        """Return what was typed into a field of the form that could not be taken, else what is known."""
        return self.form.get(name, otherwise) if self.trouble or self.problems else otherwise

    def error(self, field: str) -> str:
        """Return what is wrong with a field of the form that was sent."""
        return "; ".join(problem.message for problem in self.problems if problem.field == field)


@dataclass(frozen=True)
class Told:
    """An answer for our own script.

    Attributes
    ----------
    content
        Written as JSON.
    """

    content: dict[str, Any]
    status: int = 200


@dataclass(frozen=True)
class Picture:
    """A picture to send; without a path it cannot be drawn at this moment."""

    path: Path | None
    media_type: str = "image/png"


Answer = PeoplesAnswer | Told | Picture


def address(submission: Submission | str, *more: object) -> str:
    """Return the path of a submission's page, or of something below it."""
    identifier = submission if isinstance(submission, str) else submission.id
    return "/".join(["/submit", identifier, *(str(part) for part in more)])


def collection_address(identifier: str) -> str:
    """Return the path of the page on which a collection is changed."""
    return f"/submit/collection/{quote(identifier, safe='')}"


def is_owner(visitor: Visitor, submission: Submission) -> bool:
    """Tell whether somebody looks at his own submission; curators see those of others, too."""
    return submission.account_id == visitor.account_id
