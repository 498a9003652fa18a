"""So much of ADQL as harvesters send: SELECT [TOP n] columns | COUNT(*) FROM t [WHERE …] [ORDER BY …], evaluated."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Condition = Callable[[Row], bool]

_STATEMENT = re.compile(
    r"SELECT\s+(?:TOP\s+(?P<top>\d+)\s+)?(?P<columns>.+?)\s+FROM\s+(?P<table>[\w.]+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+ORDER\s+BY\s+(?P<order>[\w\s,]+?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|<=|>=|<>|[(),=<>]|[\w.]+(?:-\d+)?)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


class AdqlError(ValueError):
    """What the stand-in does not understand; told as a real service tells it."""


@dataclass(frozen=True)
class Result:
    columns: list[str]
    rows: list[list[Any]]


def run(query: str, tables: dict[str, list[Row]], known: tuple[str, ...]) -> Result:
    """Evaluate a query over rows in memory."""
    match = _STATEMENT.fullmatch(query.strip())
    if match is None:
        raise AdqlError(f"Cannot parse: {query}")
    if match["table"] not in tables:
        raise AdqlError(f"Unknown table {match['table']}")
    holds = _condition(match["where"], known) if match["where"] else lambda row: True
    rows = [row for row in tables[match["table"]] if holds(row)]
    count = re.fullmatch(r"COUNT\(\*\)\s+AS\s+(\w+)", match["columns"], re.IGNORECASE)
    if count:
        return Result([count[1]], [[len(rows)]])
    order = [name.strip() for name in (match["order"] or "").split(",") if name.strip()]
    columns = [name.strip() for name in match["columns"].split(",")]
    for name in columns + order:
        if name not in known:
            raise AdqlError(f"Invalid column name '{name}'.")
    rows.sort(key=lambda row: tuple(row[name] for name in order))
    top = int(match["top"]) if match["top"] else len(rows)
    return Result(columns, [[row[name] for name in columns] for row in rows[:top]])


def _condition(text: str, known: tuple[str, ...]) -> Condition:
    tokens = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise AdqlError(f"Cannot parse: {text[at:]}")
        tokens.append(match[1])
        at = match.end()
    parser = _Parser(tokens, known)
    found = parser.either()
    if parser.tokens:
        raise AdqlError(f"Cannot parse: {' '.join(parser.tokens)}")
    return found


class _Parser:
    """Recursive descent: OR of ANDs of comparisons, IN, BETWEEN and parentheses."""

    def __init__(self, tokens: list[str], known: tuple[str, ...]) -> None:
        self.tokens, self.known = tokens, known

    def take(self, wanted: str = "") -> str:
        if not self.tokens or (wanted and self.tokens[0].upper() != wanted):
            raise AdqlError(f"{wanted or 'more'} expected before {self.tokens[:1]}")
        return self.tokens.pop(0)

    def follows(self, word: str) -> bool:
        return bool(self.tokens) and self.tokens[0].upper() == word

    def either(self) -> Condition:
        parts = [self.both()]
        while self.follows("OR"):
            self.take()
            parts.append(self.both())
        return lambda row: any(part(row) for part in parts)

    def both(self) -> Condition:
        parts = [self.single()]
        while self.follows("AND"):
            self.take()
            parts.append(self.single())
        return lambda row: all(part(row) for part in parts)

    def single(self) -> Condition:
        if self.follows("("):
            self.take()
            inner = self.either()
            self.take(")")
            return inner
        name = self.take()
        if name not in self.known:
            raise AdqlError(f"Invalid column name '{name}'.")
        operator = self.take().upper()
        if operator == "IN":
            return self.member(name)
        if operator == "BETWEEN":
            low = self.value()
            self.take("AND")
            high = self.value()
            return lambda row: row[name] is not None and low <= row[name] <= high
        if operator not in _COMPARE:
            raise AdqlError(f"Unknown operator {operator}")
        value, compare = self.value(), _COMPARE[operator]
        return lambda row: row[name] is not None and compare(row[name], value)

    def member(self, name: str) -> Condition:
        self.take("(")
        values = [self.value()]
        while self.follows(","):
            self.take()
            values.append(self.value())
        self.take(")")
        return lambda row: row[name] in values

    def value(self) -> Any:
        token = self.take()
        return token[1:-1].replace("''", "'") if token.startswith("'") else float(token)
