"""A request to the HTTP interface, as its functions see it, and what they answer.

May import ``ingest``.
"""

import json
from dataclasses import dataclass, field
from typing import IO, Any

from ingest.access.policy import Visitor
from ingest.errors import OivoError
from ingest.home import Home
from ingest.submission import Desk, Problem
from ingest.submission.catalogue import CatalogueDesk

#: No description or correction is longer.
_LONGEST_JSON = 2_000_000


class ApiError(OivoError):
    """What is answered instead of a result."""

    def __init__(self, status: int, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.status, self.problems = status, problems


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes
    ----------
    visitor
        Who asks.
    path
        What the route's expression found in the path.
    query
        Parameters of the address.
    headers
        By name in lower case: those that functions look at.
    body
        At its start.
    """

    home: Home
    visitor: Visitor
    path: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: IO[bytes]
    media_type: str = ""

    @property
    def desk(self) -> Desk:
        """Where the visitor hands submissions in."""
        return Desk(self.home, self.visitor)

    @property
    def catalogue_desk(self) -> CatalogueDesk:
        """Where the visitor hands measurements and reports in."""
        return CatalogueDesk(self.home, self.visitor)

    def json(self) -> dict[str, Any]:
        """Return the body, an object of JSON.

        Raises
        ------
        ApiError
            When it is none.
        """
        raw = self.body.read(_LONGEST_JSON + 1)
        if len(raw) > _LONGEST_JSON:
            raise ApiError(413, f"the JSON is longer than {_LONGEST_JSON} bytes")
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise ApiError(400, f"the body is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise ApiError(400, "the body is not an object of JSON")
        return value


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    content: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def only(values: dict[str, Any], /, **kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """Return the values of an object, which may have these members of these kinds and no others.

    Raises
    ------
    ApiError
        Naming each member that is unknown or of another kind.
    """
    problems = [Problem(f"unknown; known are {', '.join(kinds)}", field=name) for name in values if name not in kinds]
    problems += [
        Problem("of the wrong kind", field=name)
        for name, kind in kinds.items()
        if name in values and (not isinstance(values[name], kind) or isinstance(values[name], bool))
    ]
    if problems:
        raise ApiError(400, "the object cannot be used", tuple(problems))
    return values
