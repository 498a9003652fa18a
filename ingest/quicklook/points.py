"""The points of a granule that can be drawn: usable cells of its data tables, with where each was measured.

May import numpy, the standard library and ``ingest.oifits``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from ingest.oifits import Granule, OIFitsFile
from ingest.oifits.model import Wavelengths
from ingest.oifits.rows import Part, collect_parts
from ingest.oifits.standard import ALIASES, UNDEFINED
from ingest.oifits.table import Table

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

#: Most points of one observable. At 50,000 a panel is ink; drawing them takes 0.3 s, and 100 bytes each.
MAX_POINTS = 50_000
#: Cells that are looked at in one go, so that memory does not grow with the file: 17 MB for value, error and flag.
_CHUNK = 1_000_000
#: Values beyond this are no measurements; they would overflow in the plot's own arithmetic.
_LARGEST = 1e30

#: Wavelengths that only make sense in another unit than m: from, to, the factor that mends, the unit.
#: Between 0.1 and 100 lie the micrometres of every band from U to Q, above them nanometres; radio files stay below.
_WRONG_UNITS = ((0.1, 100.0, 1e-6, "µm"), (100.0, 1e5, 1e-9, "nm"))

_TRUE = ord("T")


@dataclass(frozen=True, slots=True)
class Observable:
    """A quantity that OIFITS holds: its table, the columns of values and errors."""

    table: str
    column: str
    error: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Names that the column of values goes by, the standard's first."""
        others = (name for (table, name), real in ALIASES.items() if (table, real) == (self.table, self.column))
        return self.column, *others


V2 = Observable("OI_VIS2", "VIS2DATA", "VIS2ERR")
VISAMP = Observable("OI_VIS", "VISAMP", "VISAMPERR")
VISPHI = Observable("OI_VIS", "VISPHI", "VISPHIERR")
T3PHI = Observable("OI_T3", "T3PHI", "T3PHIERR")
FLUX = Observable("OI_FLUX", "FLUXDATA", "FLUXERR")
OBSERVABLES = (V2, VISAMP, VISPHI, T3PHI, FLUX)


@dataclass(frozen=True, eq=False)
class Points:
    """The usable points of one observable: not flagged, and the value finite.

    Attributes
    ----------
    observable
        What was measured.
    value
        As stored; phases in deg, shape (points,).
    error
        As stored; NaN where it is not finite or not positive, shape (points,).
    wavelength
        m, shape (points,); NaN when unknown.
    u, v
        m, shape (points,), NaN when unknown: of a triangle, its longest side; of a flux, NaN.
    baseline
        Place in `names`, shape (points,).
    names
        Baselines, triangles or stations, ``A0-B2``, from the shortest to the longest.
    cells, flagged, unusable
        How many cells the tables have, how many of these are flagged, how many others are not finite.
    step
        Every `step`-th usable cell was taken.
    unit, kind
        TUNIT of the values; PHITYP or AMPTYP of the first table that has one. Empty when not given.
    why_empty
        Why there is no point; empty when there is one.
    """

    observable: Observable
    value: Floats
    error: Floats
    wavelength: Floats
    u: Floats
    v: Floats
    baseline: Integers
    names: tuple[str, ...]
    cells: int
    flagged: int
    unusable: int
    step: int
    unit: str
    kind: str
    why_empty: str

    @property
    def used(self) -> int:
        """Number of usable cells, taken or not."""
        return self.cells - self.flagged - self.unusable

    @cached_property
    def length(self) -> Floats:
        """Projected baseline, m, shape (points,); of a triangle the longest."""
        with np.errstate(over="ignore"):
            return np.asarray(np.hypot(self.u, self.v))

    @cached_property
    def frequency(self) -> Floats:
        """Spatial frequency, cycles/rad, shape (points,)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.length / self.wavelength)

    @property
    def mega_frequency(self) -> Floats:
        """Spatial frequency, Mλ: 10⁶ cycles/rad."""
        return self.frequency / 1e6

    @cached_property
    def position_angle(self) -> Floats:
        """Position angle of the baseline, deg, from north to east, 0 to 180, shape (points,)."""
        return np.asarray(np.mod(np.degrees(np.arctan2(self.u, self.v)), 180.0))


@dataclass(frozen=True, eq=False)
class Selection:
    """All points of a granule.

    Attributes
    ----------
    points
        By observable; each is there, with no points when the granule has none.
    uv
        Those whose (u, v) show what the uv plane is sampled with: V², else visibilities, else triangles.
    wavelength
        Of the channels, m, shape (channels,); NaN when unknown.
    unit_mended
        ``µm`` when EFF_WAVE is written so and was read so; empty when it is in m.
    """

    points: dict[Observable, Points]
    wavelength: Floats
    unit_mended: str

    @property
    def uv(self) -> Points:
        """Points whose (u, v) show the sampling."""
        return next(
            (found for kind in (V2, VISPHI, VISAMP, T3PHI) if (found := self.points[kind]).value.size), self.points[V2]
        )


def select(oifits: OIFitsFile, granule: Granule, limit: int = MAX_POINTS) -> Selection:
    """Take the usable points of a granule out of its file.

    Parameters
    ----------
    oifits, granule
        A file and one of its granules.
    limit
        Most points of an observable; of more, every n-th is taken, spread evenly over channels.

    Raises
    ------
    ValueError
        The file has no such granule.
    """
    parts = _parts_of(oifits, granule)
    wavelength, mended = _metres(oifits.wavelengths_by_name[granule.insname])
    points = {kind: _points(oifits, parts, kind, wavelength, limit) for kind in OBSERVABLES}
    return Selection(points, wavelength, mended)


def _parts_of(oifits: OIFitsFile, granule: Granule) -> list[Part]:
    try:
        if oifits.targets is None:
            raise KeyError(granule.target_row)
        target_id = int(oifits.targets.ids[granule.target_row])
        return collect_parts(oifits)[target_id][granule.insname][granule.night]
    except LookupError:
        raise ValueError(f"{oifits.name} has no granule {granule.target_row}/{granule.insname}") from None


def _metres(table: Wavelengths) -> tuple[Floats, str]:
    """Wavelengths of the channels in m, NaN where they are none; and the unit that they are written in if not m."""
    if table.wave is None:
        return np.full(table.table.rows, np.nan), ""
    wave = table.wave.astype(np.float64)
    wave[~((wave > 0) & (wave < np.inf))] = np.nan
    known = wave[np.isfinite(wave)]
    middle = float(np.median(known)) if known.size else 0.0
    for low, high, factor, unit in _WRONG_UNITS:
        if low <= middle < high:
            return wave * factor, unit
    return wave, ""


class _Cells:
    """Values, errors and flags of an observable in one part of the file; nothing is copied before it is asked for."""

    def __init__(self, part: Part, kind: Observable, channels: int) -> None:
        self.part = part
        self.column = next((name for name in kind.columns if part.data.table.column(name)), kind.column)
        self.values = _numbers(part.data.table, self.column, channels)
        self.errors = _numbers(part.data.table, kind.error, channels)
        self.flags = _flags(part, channels)

    def chunks(self, channels: int) -> Iterator[tuple[Integers, NDArray[np.bool_], NDArray[np.bool_]]]:
        """Yield row numbers, and which of their cells are flagged and which have no value, shape (rows, channels)."""
        assert self.values is not None
        rows = np.arange(self.part.data.table.rows) if self.part.rows is None else self.part.rows
        height = max(1, _CHUNK // max(channels, 1))
        for start in range(0, rows.size, height):
            some = rows[start : start + height]
            values = self.values[some]
            with np.errstate(invalid="ignore"):
                wrong = ~(np.abs(values) < _LARGEST)
            flagged = np.zeros(values.shape, bool) if self.flags is None else self.flags[some] == _TRUE
            yield some, np.broadcast_to(flagged, values.shape), wrong


def _numbers(table: Table, name: str, channels: int) -> NDArray[np.generic] | None:
    """A numeric column with one element a channel as stored, shape (rows, channels); None when it is not so."""
    column = table.column(name)
    if column is None or column.letter not in "BIJKED" or column.repeat != channels:
        return None
    raw = table.raw(name)
    return None if raw is None else raw.reshape(table.rows, channels)


def _flags(part: Part, channels: int) -> NDArray[np.generic] | None:
    """FLAG as bytes, shape (rows, channels), or (rows, 1) when one flag is for the row; None when it fits neither."""
    flags = part.data.flags
    if flags is None:
        return None
    flags = flags.reshape(part.data.table.rows, -1) if part.data.table.rows else flags.reshape(0, channels)
    return flags if flags.shape[1] in (1, channels) else None


def _points(oifits: OIFitsFile, parts: list[Part], kind: Observable, wavelength: Floats, limit: int) -> Points:
    channels = wavelength.size
    tables = [part for part in parts if part.data.kind == kind.table]
    sources = [cells for part in tables if (cells := _Cells(part, kind, channels)).values is not None]
    total = flagged = unusable = 0
    for source in sources:
        for _, flags, wrong in source.chunks(channels):
            total += flags.size
            flagged += int(np.count_nonzero(flags))
            unusable += int(np.count_nonzero(wrong & ~flags))
    step = _step(total - flagged - unusable, channels, limit)
    pieces = list(_taken(oifits, sources, channels, step))
    names, baseline = _by_length([piece.names for piece in pieces], _joined([piece.length for piece in pieces]))
    numbers = [_joined([getattr(piece, name) for piece in pieces]) for name in ("value", "error", "u", "v")]
    channel = np.concatenate([piece.channel for piece in pieces]) if pieces else np.empty(0, np.intp)
    return Points(
        observable=kind,
        value=numbers[0],
        error=numbers[1],
        wavelength=wavelength[channel],
        u=numbers[2],
        v=numbers[3],
        baseline=baseline,
        names=names,
        cells=total,
        flagged=flagged,
        unusable=unusable,
        step=step,
        unit=_unit(sources),
        kind=_kind(tables, kind),
        why_empty=_why_empty(tables, kind, channels, (len(sources), total, flagged, unusable)),
    )


def _step(used: int, channels: int, limit: int) -> int:
    """Every how-many-th point is taken: without a common divisor with the channels, so that all of these are met."""
    if used <= limit:
        return 1
    step = -(-used // limit)
    while gcd(step, channels) > 1:
        step += 1
    return step


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Points out of one part."""

    value: Floats
    error: Floats
    channel: Integers
    u: Floats
    v: Floats
    names: NDArray[np.str_]

    @property
    def length(self) -> Floats:
        with np.errstate(over="ignore"):
            return np.hypot(self.u, self.v)


def _taken(oifits: OIFitsFile, sources: list[_Cells], channels: int, step: int) -> Iterator[_Piece]:
    """Yield the points that are taken, in the order of the file."""
    met = 0
    for source in sources:
        assert source.values is not None
        for rows, flags, wrong in source.chunks(channels):
            usable = np.flatnonzero(~flags & ~wrong)
            taken = usable[-met % step :: step]
            met += usable.size
            if not taken.size:
                continue
            row, channel = np.divmod(taken, channels)
            row = rows[row]
            u, v = _uv(source.part.data.table, row)
            yield _Piece(
                value=_doubles(source.values[row, channel]),
                error=_errors(source.errors, row, channel),
                channel=channel,
                u=u,
                v=v,
                names=_names(oifits, source.part, row),
            )


def _errors(errors: NDArray[np.generic] | None, row: Integers, channel: Integers) -> Floats:
    if errors is None:
        return np.full(row.size, np.nan)
    found = _doubles(errors[row, channel])
    return np.where((found > 0) & (found < np.inf), found, np.nan)


def _doubles(values: NDArray[np.generic]) -> Floats:
    with np.errstate(invalid="ignore"):  # a signalling NaN
        return values.astype(np.float64)


def _uv(table: Table, row: Integers) -> tuple[Floats, Floats]:
    """(u, v) of some rows, m; of a triangle its longest side, since that is what resolves most."""
    names = ("U1COORD", "V1COORD", "U2COORD", "V2COORD") if table.extname == "OI_T3" else ("UCOORD", "VCOORD")
    columns = [_numbers(table, name, 1) for name in names]
    nowhere = np.full(row.size, np.nan)
    if any(column is None for column in columns):
        return nowhere, nowhere
    values = [_doubles(column[row, 0]) for column in columns if column is not None]
    values = [np.where(np.abs(value) < _LARGEST, value, np.nan) for value in values]
    # Two telescopes are never in one place: zeros say that the writer had no coordinates.
    nothing = ~np.any(values, axis=0)
    values = [np.where(nothing, np.nan, value) for value in values]
    if len(values) == 2:
        return values[0], values[1]
    u = np.array([values[0], values[2], values[0] + values[2]])
    v = np.array([values[1], values[3], values[1] + values[3]])
    with np.errstate(invalid="ignore"):
        longest = np.nan_to_num(np.hypot(u, v), nan=-1.0).argmax(axis=0)
    each = np.arange(row.size)
    return u[longest, each], v[longest, each]


def _names(oifits: OIFitsFile, part: Part, row: Integers) -> NDArray[np.str_]:
    """Baseline, triangle or station of some rows: names where OI_ARRAY has them, else STA_INDEX."""
    stations = part.data.stations
    if stations is None:
        return np.full(row.size, "unknown")
    array = oifits.arrays_by_name.get(part.data.arrname or "")
    known = array.stations if array is not None else {}
    different, which = np.unique(stations[row], axis=0, return_inverse=True)
    named = [
        "-".join(known.get(index) or ("?" if index == UNDEFINED else str(index)) for index in indices)
        for indices in different.tolist()
    ]
    return np.asarray(np.array(named)[which.reshape(-1)])


def _by_length(pieces: list[NDArray[np.str_]], length: Floats) -> tuple[tuple[str, ...], Integers]:
    """Number the baselines from short to long, by their mean length; the unknown last."""
    if not pieces:
        return (), np.empty(0, np.intp)
    names, which = np.unique(np.concatenate(pieces), return_inverse=True)
    which = which.reshape(-1)
    with np.errstate(all="ignore"):
        mean = np.bincount(which, length) / np.bincount(which)
    order = np.lexsort((names, mean))
    return tuple(names[order].tolist()), order.argsort()[which]


def _joined(pieces: list[Floats]) -> Floats:
    return np.concatenate(pieces) if pieces else np.empty(0)


def _unit(sources: list[_Cells]) -> str:
    columns = (source.part.data.table.column(source.column) for source in sources)
    return next((column.unit for column in columns if column is not None and column.unit), "")


def _kind(tables: list[Part], kind: Observable) -> str:
    keyword = {VISPHI: "PHITYP", VISAMP: "AMPTYP"}.get(kind)
    if keyword is None:
        return ""
    return next((text for part in tables if (text := part.data.table.header.text(keyword))), "")


def _why_empty(tables: list[Part], kind: Observable, channels: int, counts: tuple[int, int, int, int]) -> str:
    """Say why there is nothing to draw; empty when there is something."""
    sources, cells, flagged, unusable = counts
    if not tables:
        return f"no {kind.table}"
    if not sources:
        if not any(part.data.table.column(name) for part in tables for name in kind.columns):
            return f"{kind.table} has no {kind.column}"
        return f"{kind.column} does not fit {channels} channel{'s' * (channels != 1)}"
    if flagged == cells:
        return f"{kind.column}: all {cells} points flagged" if cells else f"{kind.table} has no channel"
    if flagged + unusable == cells:
        also = f", {flagged} flagged" if flagged else ""
        return f"{kind.column}: {unusable} points not finite{also}"
    return ""
