"""What people decided about targets: names that are one star, names that are not.

Rulings work from the next identification on (`ingest.archive.targets`); removing one undoes it.
May import ``ingest.archive.connection`` and the pure modules.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.archive.connection import Cursor
from ingest.errors import OivoError
from ingest.targets import Rulings, key_of


class RulingError(OivoError):
    """A ruling that cannot be made or is not there."""


@dataclass(frozen=True)
class Ruling:
    """One decision about two names, in their one form."""

    id: int
    #: ``together`` or ``apart``
    kind: str
    first: str
    second: str
    reason: str
    made: datetime


def rule(cursor: Cursor, kind: str, first: str, second: str, reason: str) -> int:
    """Decide that two names are one star (``together``) or two (``apart``); a ruling about them before is replaced.

    Parameters
    ----------
    first, second
        Names, written in any way.
    reason
        Why; for those who come later.

    Returns
    -------
    int
        Number of the ruling.

    Raises
    ------
    RulingError
        When a name is none, or both are the same one.
    """
    keys = sorted({_key(first), _key(second)})
    if len(keys) < 2:
        raise RulingError(f"{first!r} and {second!r} are the same name", remedy="only different names can be ruled on")
    if not reason.strip():
        raise RulingError("a ruling needs a reason", remedy="say why for those who come later")
    cursor.execute(
        """INSERT INTO archive.target_ruling (kind, first, second, reason) VALUES (%s, %s, %s, %s)
           ON CONFLICT (first, second) DO UPDATE SET kind = excluded.kind, reason = excluded.reason, made = now()
           RETURNING id""",
        [kind, *keys, reason],
    )
    row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _key(name: str) -> str:
    key = key_of(name)
    if key is None:
        raise RulingError(f"{name!r} names no target")
    return key


def undo(cursor: Cursor, number: int) -> Ruling:
    """Remove a ruling; return it.

    Raises
    ------
    RulingError
        When there is none of that number.
    """
    cursor.execute(
        "DELETE FROM archive.target_ruling WHERE id = %s RETURNING id, kind, first, second, reason, made", [number]
    )
    row = cursor.fetchone()
    if row is None:
        raise RulingError(f"there is no ruling {number}", remedy="./oivo obsportal targets rulings lists them")
    return Ruling(*row)


def list_rulings(cursor: Cursor) -> list[Ruling]:
    """Return all rulings, the first made first."""
    cursor.execute("SELECT id, kind, first, second, reason, made FROM archive.target_ruling ORDER BY id")
    return [Ruling(*row) for row in cursor.fetchall()]


def rulings_in_force(cursor: Cursor) -> Rulings:
    """Return the rulings as the identification wants them."""
    rulings = list_rulings(cursor)
    return Rulings(
        together=tuple((ruling.first, ruling.second) for ruling in rulings if ruling.kind == "together"),
        apart=tuple((ruling.first, ruling.second) for ruling in rulings if ruling.kind == "apart"),
    )
