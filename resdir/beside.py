"""Addresses beside DaCHS' own: /jmdc/star/NAME, /badcal/show.jsp, /jmdc/submit; /jmdc/q and /badcal/q are RDs.

DaCHS' short names replace the first part of a path only, and take all that is below it. Knows DaCHS and twisted.
"""

from collections.abc import Mapping
from typing import Any

from gavo.svcs import UnknownURI
from gavo.web import common, root
from twisted.web import resource
from twisted.web.http import Request

#: Below the first part, the second one and what stands for it: service and renderer.
PATHS = {
    "jmdc": {"star": ("q", "star", "custom")},
    "badcal": {"show.jsp": ("q", "show", "custom")},
}


class Beside(resource.Resource):
    """Everything below the first part of a path: some addresses of our own, else what DaCHS has.

    Parameters
    ----------
    pages
        Resources that are no service of DaCHS, by the second part of the path.
    """

    def __init__(self, first: str, pages: Mapping[str, resource.Resource]) -> None:
        super().__init__()
        self.first, self.pages = first, pages

    def render(self, request: Request) -> bytes:
        """Answer the first part by itself, where no redirect did."""
        raise UnknownURI("There is nothing at this address")

    def getChild(self, name: bytes, request: Request) -> Any:
        """Return what the rest of the path means."""
        if page := self.pages.get(name.decode("utf-8", "replace")):
            return page
        second, *rest = request.popSegments(name)
        own = PATHS[self.first].get(second)
        page, below = root.root._locateResourceBasedChild(request, [self.first, *(own or (second,)), *rest])
        request.pushBackSegments(below)
        return common.compwrap(page)


def install(service: Any, pages: Mapping[str, Mapping[str, resource.Resource]]) -> None:
    """Put these addresses, and further pages by the first and second part of their paths, into the root of the site."""
    for first in PATHS:
        service.addStatic(first, Beside(first, pages.get(first, {})))
