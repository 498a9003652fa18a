"""Quick-look plots: one sheet for each granule, as PNG or SVG.

Pure: no database, no DaCHS, no network. May import numpy, matplotlib and its PIL, ``ingest.oifits``, ``ingest.errors``
and the standard library; not pyplot, whose figures belong to the process. A newcomer reads ``points`` (which cells of
the file are drawn), then ``sheet`` (where), ``panels`` (how), ``limits`` and ``style``.
"""

from io import BytesIO
from threading import Lock
from typing import Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ingest.oifits import Granule, OIFitsFile
from ingest.quicklook.points import Points, Selection, select
from ingest.quicklook.sheet import THUMBNAIL_WIDTH, make_sheet, make_thumbnail, sheet_title
from ingest.quicklook.style import SETTINGS

__all__ = ["MEDIA_TYPES", "Form", "Points", "Selection", "draw", "select"]

Form = Literal["png", "svg"]
#: Media type of each form.
MEDIA_TYPES: dict[Form, str] = {"png": "image/png", "svg": "image/svg+xml"}
#: Narrowest and widest PNG, pixels.
WIDTHS = (150, 4000)
#: Dots an inch of the images within an SVG: 200 on paper when the sheet fills a page of A&A.
_SVG_DOTS = 144

#: matplotlib is not made for several threads, and its settings belong to the process: one sheet at a time.
_DRAWING = Lock()


def draw(oifits: OIFitsFile, granule: Granule, form: Form = "png", width_px: int = 1200) -> bytes:
    """Draw the plot sheet of a granule.

    The same granule gives the same bytes with the same version of matplotlib. Can be called from any thread.

    Parameters
    ----------
    oifits, granule
        A file and one of its granules.
    form
        ``png`` or ``svg``.
    width_px
        Width, pixels; the height is two thirds. Sheets narrower than `THUMBNAIL_WIDTH` show three panels only.

    Raises
    ------
    ValueError
        The file has no such granule, or form or width are not among those possible.
    """
    if form not in MEDIA_TYPES or not WIDTHS[0] <= width_px <= WIDTHS[1]:
        raise ValueError(f"no plot of form {form!r} and {width_px} pixels; {WIDTHS[0]} to {WIDTHS[1]} are possible")
    with _DRAWING, rc_context(SETTINGS):
        figure = (make_thumbnail if width_px < THUMBNAIL_WIDTH else make_sheet)(oifits, granule)
        return _png(figure, width_px, sheet_title(granule)) if form == "png" else _svg(figure, sheet_title(granule))


def _png(figure: Figure, width_px: int, title: str) -> bytes:
    """Draw as PNG of 256 colours: a third of the size of one in full colour (GRAVITY 110 of 323 kB), looks the same."""
    figure.dpi = width_px / figure.get_figwidth()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    notes = PngInfo()
    notes.add_itxt("Title", title)
    notes.add_itxt("Software", "oivo")
    stream = BytesIO()
    small = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(stream, "png", pnginfo=notes)
    return stream.getvalue()


def _svg(figure: Figure, title: str) -> bytes:
    figure.dpi = _SVG_DOTS
    stream = BytesIO()
    FigureCanvasSVG(figure).print_svg(stream, metadata={"Date": None, "Creator": "oivo", "Title": title})
    return stream.getvalue()
