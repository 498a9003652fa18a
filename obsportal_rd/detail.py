"""Pages of single things: /detail/exposure/ID (ASPRO2 opens it, OiDB links to it), /detail/observation/ID,
/detail/target/ID.
"""

from typing import Any

from gavo.svcs import UnknownURI
from gavo.web import grend
from twisted.web.http import Request

from obsportal_rd.exposurepage import ExposurePage
from obsportal_rd.observationpage import ObservationPage
from obsportal_rd.targetpage import TargetPage

_NOTHING = "Addresses here are /detail/exposure/ID, /detail/observation/NUMBER and /detail/target/NUMBER."


class MainPage(grend.ServiceBasedPage):
    """The page that DaCHS' renderer ``custom`` asks for; everything is below it."""

    name = "custom"
    checkedRenderer = False

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is no page to look at."""
        return False

    def render(self, request: Request) -> bytes:
        """Answer the bare address."""
        raise UnknownURI(_NOTHING)

    def getChild(self, name: bytes, request: Request) -> Any:
        """Return the page that the rest of the path names."""
        kind, *rest = request.popSegments(name)
        # an identifier may hold slashes
        identifier = "/".join(rest)
        if kind == "exposure" and 0 < len(identifier) <= 124:
            return ExposurePage(request, self.service, identifier)
        pages = {"observation": ObservationPage, "target": TargetPage}
        if kind in pages and identifier.isascii() and identifier.isdigit() and len(identifier) <= 18:
            return pages[kind](request, self.service, int(identifier))
        raise UnknownURI(_NOTHING)
