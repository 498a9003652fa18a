"""Where a search's field ``target`` points: a target that the archive has, a position, or a star that Sesame knows.

May import ``ingest`` and ``oidb_rd.resolver``.
"""

import re
from dataclasses import dataclass

from ingest.archive.connection import Cursor
from ingest.archive.obsportal_queries import positions_of_targets
from ingest.archive.obsportal_search import Cone, targets_called, targets_like
from ingest.home import Home
from ingest.targets.names import key_of
from obsportal_rd.parameters import ParameterError
from oidb_rd.resolver import Position, PositionError, ResolverError, ask_sesame, known_star, parse_position

#: Names with ``*`` may stand for so many targets.
_MOST_TARGETS = 200


@dataclass(frozen=True)
class Place:
    """Targets and circles that a text stands for, and how to tell people of it."""

    told: str
    target_ids: tuple[int, ...] = ()
    cones: tuple[Cone, ...] = ()


def known_place(cursor: Cursor, text: str, radius: float) -> Place | None:
    """Return what the archive itself, or the text, tells of a place; None when somebody else must be asked.

    Parameters
    ----------
    radius
        In degrees; everything so near to a single target is found with it.

    Raises
    ------
    ParameterError
        For a position that is none, and names that nobody has.
    """
    try:
        if position := parse_position(text):
            return _around(position, radius, "")
    except PositionError as error:
        raise ParameterError("target", str(error)) from error
    if "*" in text:
        pattern = re.sub(r"([\\%_])", r"\\\1", text.lower()).replace("*", "%")
        found = targets_like(cursor, pattern, _MOST_TARGETS + 1)
        if not found:
            raise ParameterError("target", f"no target here is called like {text!r}")
        if len(found) > _MOST_TARGETS:
            raise ParameterError("target", f"more than {_MOST_TARGETS} targets are called like {text!r}")
        return Place(f"target is called like {text}", tuple(found))
    found = targets_called(cursor, [key_of(text)], _MOST_TARGETS)
    if not found:
        return None
    if len(found) > 1:
        return Place(f"target is one of {len(found)} called {text}", tuple(found))
    (ra, dec), *_ = positions_of_targets(cursor, found)
    near = _around(Position(ra, dec), radius, f"called {text}, or ")
    return Place(near.told, tuple(found), near.cones)


def resolved_place(text: str, radius: float) -> Place:
    """Look into the star table, then ask the resolver that the operator has set; not while a connection is held.

    Raises
    ------
    ParameterError
        When it does not know, or does not answer.
    """
    if star := known_star(text):
        return _around(star, radius, f"{text}, ")
    resolver = Home.from_environment().settings.text("remote.sesame")
    unknown = f"no target here is called {text!r}"
    if not resolver:
        raise ParameterError("target", f"{unknown}, and it is not a position")
    try:
        position = ask_sesame(resolver, text)
    except ResolverError as error:
        raise ParameterError("target", f"{unknown}, and {error}") from error
    if position is None:
        raise ParameterError("target", f"{unknown}, nor does the name resolver know it; it is not a position either")
    return _around(position, radius, f"{text}, ")


def _around(position: Position, radius: float, before: str) -> Place:
    told = f"target is {before}within {radius * 3600:g}″ of {position.ra:.5f} {position.dec:+.5f}"
    return Place(told, cones=(Cone(position.ra % 360.0, position.dec, radius),))
