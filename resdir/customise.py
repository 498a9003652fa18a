"""What oivo changes in DaCHS' running server, all of it, with the reason.

Called once by ``ingest.instance.dachs_cli`` before the server starts. Written against DaCHS 2.7
(Debian 12) and 2.11 (Debian 13). Knows DaCHS; may import ``ingest``.
"""

import logging
import secrets

from gavo import utils
from gavo.web import root
from twisted.web.http import Request

from ingest.home import Home
from ingest.logs import start_log

_LINE = "%(asctime)s [%(levelname)s %(process)s] [%(request)s] %(message)s"


class IdentifiedRequest(root.site.requestFactory):  # type: ignore[misc]
    """A request with an id, which its reply (X-Request-Id) and every line about it in the logs carry.

    DaCHS' logs do not tell which lines belong together, nor does a user's report tell which they are.
    """

    def process(self) -> None:
        """Give the request its id, then do what DaCHS does."""
        self.oivo_id = secrets.token_hex(4)
        self.setHeader("X-Request-Id", self.oivo_id)
        super().process()


class _RequestFilter(logging.Filter):
    """Adds the id of the request that is being handled, found as DaCHS finds its URI."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            request = utils.stealVar("request")
        except ValueError:
            request = None
        record.request = getattr(request, "oivo_id", "-")
        return True


def _log_line(timestamp: str, request: Request) -> str:
    return f"{root.formatDefaultLog(timestamp, request)} [{getattr(request, 'oivo_id', '-')}]"


def customise() -> None:
    """Put the changes in force."""
    start_log(Home.from_environment(), "server")
    root.site.requestFactory = IdentifiedRequest
    # The formatter was chosen when the module was imported; DaCHS has only two, and no setting for others.
    root.site._logFormatter = _log_line
    for name in ("dcErrors", "dcInfos"):
        for handler in logging.getLogger(name).handlers:
            handler.addFilter(_RequestFilter())
            handler.setFormatter(logging.Formatter(_LINE))
