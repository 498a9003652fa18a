"""How the sheets look: type, colours, marks, and text that is safe to draw.

May import numpy, matplotlib and the standard library.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Colormap, ListedColormap
from matplotlib.font_manager import findfont, get_font

FONT = "DejaVu Sans"
INK, FAINT, ALARM = "#1a1a1a", "#767676", "#b2182b"

#: What of matplotlib's settings the sheets depend on, whatever the user's own say. Texts come from files: no mathtext,
#: no TeX. Glyphs in SVG are paths, since the reader's machine may lack the font; the salt makes its ids repeatable.
SETTINGS: dict[str, Any] = {
    "font.family": [FONT],
    "font.size": 9.5,
    "text.usetex": False,
    "text.parse_math": False,
    "text.color": INK,
    "text.hinting": "force_autohint",
    "text.hinting_factor": 8,
    "text.antialiased": True,
    "axes.facecolor": "white",
    "axes.edgecolor": "#4d4d4d",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.labelsize": 9.5,
    "axes.labelpad": 3.0,
    "axes.labelweight": "normal",
    "axes.titlesize": 7.5,
    "axes.titlepad": 3.0,
    "axes.titley": 1.0,
    "axes.titlecolor": FAINT,
    "axes.titleweight": "normal",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.grid": True,
    "axes.formatter.use_mathtext": False,
    "axes.formatter.use_locale": False,
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": [-4, 5],
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.5,
    "grid.linestyle": "-",
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.color": "#4d4d4d",
    "ytick.color": "#4d4d4d",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.top": True,
    "ytick.right": True,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "savefig.dpi": "figure",
    "agg.path.chunksize": 0,
    "path.simplify": True,
    "path.sketch": None,
    "path.effects": [],
    "svg.fonttype": "path",
    "svg.hashsalt": "oivo",
    "svg.image_inline": True,
}

#: Colours of up to eight baselines: Okabe & Ito (2008), told apart by colour-blind readers; yellow, which is faint
#: on white, comes last.
_BASELINES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#1a1a1a", "#f0e442")


@lru_cache(maxsize=1)
def wavelength_map() -> Colormap:
    """Colours of wavelengths, sequential and safe for colour-blind readers: plasma without the yellow end.

    Short is blue and long is orange, as the eye expects; the lightness grows steadily, also in a grey print.
    """
    return ListedColormap(colormaps["plasma"](np.linspace(0.0, 0.86, 256)), name="wavelength")


def baseline_colours(count: int) -> np.ndarray[Any, Any]:
    """Colours of so many baselines, from the shortest to the longest, shape (count, 4).

    More than eight cannot be told apart by hue: they are a sequence from short to long (viridis).
    """
    if count <= len(_BASELINES):
        rgb = [[int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)] + [1.0] for colour in _BASELINES[:count]]
        return np.array(rgb).reshape(-1, 4)
    return np.asarray(colormaps["viridis"](np.linspace(0.0, 0.92, count)))


def mark_size(count: int) -> float:
    """Diameter of a mark in points, from 5 for a few to 1 for tens of thousands."""
    return float(np.clip(5.0 * (60.0 / max(count, 1)) ** 0.28, 1.0, 5.0))


def opacity(count: int) -> float:
    """Opacity of a mark: many that overlap show where they are dense."""
    return float(np.clip(0.95 * (300.0 / max(count, 1)) ** 0.25, 0.3, 0.95))


def shown(text: str, longest: int = 60) -> str:
    r"""Text of a file in one line of characters that the font has, shortened in the middle.

    Examples
    --------
    >>> shown("a\nb \x07"), shown("abcdefghij", 5)
    ('a b ?', 'abc…j')
    """
    line = " ".join(text.split())
    glyphs = _glyphs()
    line = "".join(char if char.isprintable() and ord(char) in glyphs else "?" for char in line)
    if len(line) <= longest:
        return line
    tail = (longest - 1) // 3
    return f"{line[: longest - 1 - tail]}…{line[len(line) - tail :]}"


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont(FONT)).get_charmap())
