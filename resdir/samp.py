"""Buttons that send what a page shows to the programs of the visitor's desktop, by SAMP.

``web/static/js/oivo.js`` brings them to life; without JavaScript they stay hidden. The page must load DaCHS'
``samp.js``. May import twisted.
"""

from typing import Any

from twisted.web.template import tags

_HINT = "Needs a SAMP hub on your computer, such as TOPCAT's"


def buttons(*inside: Any) -> Any:
    """Return buttons together with the place where is said what became of them."""
    return tags.span(class_="samp")[inside, tags.span(role="status")]


def table_button(address: str) -> Any:
    """Return the button that sends a table, a VOTable at this absolute address."""
    return _button("Send to TOPCAT, Aladin (SAMP)", **{"data-samp-table": address})


def oifits_button(address: str) -> Any:
    """Return the button that sends an OIFITS file at this absolute address, which must be public.

    Desktop programs fetch the file themselves, without the visitor's log-in.
    """
    return _button("Open in OIFitsExplorer (SAMP)", **{"data-samp-fits": address, "data-samp-to": "OIFitsExplorer"})


def point_button(ra: float, dec: float) -> Any:
    """Return the button that shows a position (ICRS, deg) in sky viewers."""
    return _button("Show in Aladin (SAMP)", **{"data-samp-point": f"{ra:.7f} {dec:.7f}", "data-samp-to": "Aladin"})


def _button(label: str, **data: str) -> Any:
    return tags.button(type="button", hidden="hidden", title=_HINT, **data)[label]
