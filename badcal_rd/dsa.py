"""/badcal-dsa/SubmitCone?DSACATTAB=badcal.valid_stars&RA=&DEC=&SR=[&Format=Comma-Separated]: SearchCal's address.

Its parameters and layouts are those of the service that it replaces (an AstroGrid DSA).
"""

import math
from typing import Any

from gavo.svcs import UnknownURI
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import server
from twisted.web.http import Request

from badcal_rd import layouts
from ingest.archive.badcal import reports_within
from obsportal_rd.pages import database

_METHODS = (b"GET", b"HEAD", b"POST")
_VOTABLE = "text/xml; charset=utf-8"
_FORMATS = {
    "votable": (_VOTABLE, layouts.votable),
    "comma-separated": ("text/csv; charset=utf-8; header=present", layouts.comma_separated),
}


class _ParameterError(Exception):
    """A parameter that cannot be understood."""


class MainPage(grend.ServiceBasedPage):
    """The page that DaCHS' renderer ``custom`` asks for; the service is below it."""

    name = "custom"
    checkedRenderer = False

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is no page to look at."""
        return False

    def getChild(self, name: bytes, request: Request) -> Any:
        """Return the one service below."""
        if request.popSegments(name) != ["SubmitCone"]:
            raise UnknownURI("There is only /badcal-dsa/SubmitCone")
        self.below = True
        return self

    def render(self, request: Request) -> object:
        """Read the parameters, then the reports in a thread."""
        if not getattr(self, "below", False):
            raise UnknownURI("There is only /badcal-dsa/SubmitCone")
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD, POST")
            return b"Use GET or POST.\n"
        request.setHeader("access-control-allow-origin", "*")
        request.setHeader("x-content-type-options", "nosniff")
        try:
            ra, dec, radius, form = _parameters(request)
        except _ParameterError as error:
            request.setResponseCode(400)
            request.setHeader("content-type", _VOTABLE)
            return layouts.error(str(error)).encode()
        media_type, write = _FORMATS[form]
        request.setHeader("content-type", media_type)
        threads.deferToThread(_read, ra, dec, radius, write).addCallback(_send, request).addErrback(
            renderDCErrorPage, request
        )
        return server.NOT_DONE_YET


def _parameters(request: Request) -> tuple[float, float, float, str]:
    given = {
        name.decode("utf-8", "replace").lower(): values[-1].decode("utf-8", "replace")
        for name, values in request.args.items()
        if values and isinstance(values[-1], bytes)
    }
    table = given.get("dsacattab", layouts.TABLE)
    if table != layouts.TABLE:
        raise _ParameterError(f"DSACATTAB: there is only {layouts.TABLE}")
    ra, dec, radius = (_degrees(given, name) for name in ("ra", "dec", "sr"))
    if not -90 <= dec <= 90 or radius < 0:
        raise _ParameterError("DEC is from -90 to 90, SR not negative (degrees)")
    form = given.get("format", "votable").lower()
    if form not in _FORMATS:
        raise _ParameterError("Format is VOTable or Comma-Separated")
    return ra, dec, radius, form


def _degrees(given: dict[str, str], name: str) -> float:
    try:
        value = float(given[name])
    except (KeyError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise _ParameterError(f"{name.upper()} must be a number of degrees")
    return value


def _read(ra: float, dec: float, radius: float, write: Any) -> bytes:
    with database().reading() as cursor:
        return str(write(reports_within(cursor, ra, dec, radius))).encode("utf-8")


def _send(text: bytes, request: Any) -> None:
    request.write(text)
    request.finish()
