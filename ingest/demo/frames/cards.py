"""Templates of header texts, made of the lines of `cards.txt`, whose head explains them.

A template is filled in two steps, both by ``str % values``: once for an observing block, then for each of its frames,
so that a header of a thousand cards costs some ten microseconds. Pure: imports nothing of oivo.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations, product
from pathlib import Path

_FILE = Path(__file__).with_name("cards.txt")

#: ``<name:format>`` of the block and ``<<name:format>>`` of the frame.
_SLOT = re.compile(r"(<<?)([^<>:]+):(-?(\d+)(?:\.\d+)?[a-z])>>?")
_WIDTH = 80
_LAST_SECTIONS = ("cou", "del", "iss")


@dataclass(frozen=True)
class Noise:
    """A number without meaning: normally distributed."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class Template:
    """The text of a header, with gaps."""

    #: ``%(name)f`` for the values of the block; the gaps of the frame are escaped: ``%%f``.
    text: str
    #: Numbers without meaning that belong to the block.
    noise: Mapping[str, Noise]
    #: Names of the frame's values in the order of the gaps, and those of them that mean nothing.
    frame: tuple[str, ...]
    frame_noise: Mapping[str, Noise]


@dataclass(frozen=True)
class _Line:
    section: str
    conditions: frozenset[str]
    loops: tuple[str, ...]
    keyword: str
    value: str
    comment: str


def template(instrument: str, kind: str, telescopes: int, day: date) -> Template:
    """Give the template of an instrument's headers.

    Parameters
    ----------
    instrument
        As INSTRUME has it.
    kind
        ``AT`` or ``UT``.
    telescopes
        How many; 0 for frames of the laboratory.
    day
        Keywords came and went.
    """
    return _template(instrument, kind, telescopes, bisect_right(_turning_points(), day))


@cache
def _template(instrument: str, kind: str, telescopes: int, epoch: int) -> Template:
    noise: dict[str, Noise] = {}
    frame: list[str] = []
    frame_noise: dict[str, Noise] = {}
    cards = []
    for line in _lines_of(instrument):
        if not all(_holds(condition, kind, telescopes, epoch) for condition in line.conditions):
            continue
        for first, second in product(*(_members(loop, telescopes) for loop in (*line.loops, *_ONCE)[:2])):
            cards.append(_card(line, first, second, noise, frame, frame_noise))
    cards.append("END".ljust(_WIDTH))
    return Template("\n".join(cards) + "\n", noise, tuple(frame), frame_noise)


_ONCE = ("0-0", "0-0")


def _holds(condition: str, kind: str, telescopes: int, epoch: int) -> bool:
    word, _, day = condition.partition(" ")
    if day:
        reached = bisect_right(_turning_points(), date.fromisoformat(day)) <= epoch
        return reached == (word == "since")
    return {"AT": kind == "AT", "UT": kind == "UT", "sky": telescopes > 0, "lab": telescopes == 0}[word]


def _members(loop: str, telescopes: int) -> Sequence[str]:
    if loop == "T":
        return [str(number) for number in range(1, telescopes + 1)]
    if loop == "B":
        return [f"{i}{j}" for i, j in combinations(range(1, telescopes + 1), 2)]
    first, last = loop.split("-")
    return [str(number) for number in range(int(first), int(last) + 1)]


def _card(
    line: _Line, first: str, second: str, noise: dict[str, Noise], frame: list[str], frame_noise: dict[str, Noise]
) -> str:
    """Write one card of 80 columns: literal text is cut there, gaps have the width of their format."""
    text = line.keyword + line.value + (f" / {line.comment}" if line.comment else "")
    text = text.replace("#", first).replace("&", second) if line.loops else text
    card, width, place = "", 0, 0
    for slot in _SLOT.finditer(text):
        card, width = _literal(card, width, text[place : slot.start()])
        place = slot.end()
        of_frame, name, form = slot[1] == "<<", slot[2], slot[3]
        width += int(slot[4])
        if width > _WIDTH:
            raise ValueError(f"{line.keyword}: no room for {name}")
        if name.startswith("~"):
            mean, deviation = (float(number) for number in name[1:].split("~"))
            name = f"~{len(frame_noise if of_frame else noise)}"
            (frame_noise if of_frame else noise)[name] = Noise(mean, deviation)
        if of_frame:
            frame.append(name)
        card += f"%%{form}" if of_frame else f"%({name}){form}"
    card, width = _literal(card, width, text[place:])
    return card + " " * (_WIDTH - width)


def _literal(card: str, width: int, text: str) -> tuple[str, int]:
    text = text[: max(0, _WIDTH - width)]
    return card + text.replace("%", "%%%%"), width + len(text)


def _lines_of(instrument: str) -> Iterator[_Line]:
    lines = _lines()
    for section in ("primary", "obs", "tpl", "dpr", instrument, *_LAST_SECTIONS):
        yield from (line for line in lines if line.section == section)


@cache
def _turning_points() -> tuple[date, ...]:
    return tuple(
        sorted({date.fromisoformat(c[-10:]) for line in _lines() for c in line.conditions if c[-10:-8].isdigit()})
    )


@cache
def _lines() -> tuple[_Line, ...]:
    section, conditions = "", frozenset[str]()
    lines = []
    for text in _FILE.read_text(encoding="ascii").splitlines():
        if not text or text.startswith("# "):
            continue
        if text.startswith("=="):
            section = text[2:].strip()
        elif text.startswith("?"):
            conditions = frozenset(re.findall(r"(?:since|until) \S+|\w+", text[1:]))
        elif text != "#":
            lines.append(_line(section, conditions, text))
    return tuple(lines)


def _line(section: str, conditions: frozenset[str], text: str) -> _Line:
    loops: tuple[str, ...] = ()
    if text.startswith("@"):
        loop, text = text[1:].split(" ", 1)
        loops = tuple(part.lstrip("@") for part in loop.split(","))
    keyword, _, rest = text.partition(" = ")
    value, _, comment = rest.partition(" / ")
    if section != "primary":
        return _Line(section, conditions, loops, f"HIERARCH ESO {keyword} = ", _quoted(value), comment)
    return _Line(section, conditions, loops, f"{keyword:<8}= ", _fixed(value), comment)


def _quoted(value: str) -> str:
    """Pad strings to eight characters, as the FITS standard wants them (section 4.2.1)."""
    return f"'{value[1:-1]:<8}'" if value.startswith("'") and "<" not in value else value


def _fixed(value: str) -> str:
    """Right-justify values to column 30 (FITS standard, section 4.2); gaps have that width already."""
    if value.startswith("'"):
        return _quoted(value)
    return value if "<" in value else f"{value:>20}"
