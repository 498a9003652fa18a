"""ESO's header service: the header text of one raw frame, taken out of its HTML page and checked.

May import ``ingest.eso.client.http``.
"""

import html
import re

import httpx

from ingest.eso.client.http import DamagedReplyError, EsoError, Fetcher

_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre\s*>", re.DOTALL | re.IGNORECASE)
_SIMPLE = re.compile(r"\s*SIMPLE\s*=\s*T\b")
_END = re.compile(r"^END\s*\Z", re.MULTILINE)
_ARCFILE = re.compile(r"^ARCFILE\s*=\s*'([^']*?)\s*'", re.MULTILINE)
#: What the service says to an identifier that it cannot read: asking again does not help.
_REFUSAL = "Invalid format for dp_id"
#: Identifiers are put into the URL as they are: percent-encoded colons are refused by the service.
_DP_ID = re.compile(r"[A-Za-z0-9._:+-]{1,120}")


class HeaderClient:
    """Fetches header texts.

    Parameters
    ----------
    base_url
        The service: ``https://archive.eso.org/hdr``.
    fetcher
        Sends the requests; may be used by many threads.
    """

    def __init__(self, base_url: str, fetcher: Fetcher) -> None:
        self.base_url = base_url
        self._fetcher = fetcher

    def fetch(self, dp_id: str) -> str:
        """Return the header text of a frame: one card a line, trailing blanks stripped, ``END`` last.

        Raises
        ------
        UnreachableError
            When there is no good reply after some tries: the service is down, or its page is never this frame's.
        EsoError
            When the service refuses the identifier.
        """
        if not _DP_ID.fullmatch(dp_id):
            raise EsoError("is no identifier of ESO's archive", place=dp_id)
        return self._fetcher.get(f"{self.base_url}?DpId={dp_id}", lambda reply: _read(reply, dp_id))


def _read(reply: httpx.Response, dp_id: str) -> str:
    page = decoded(reply.content)
    if _REFUSAL in page and not _PRE.search(page):
        raise EsoError(f"the header service says: {_REFUSAL}", place=dp_id)
    return checked(text_of_page(page), dp_id)


def decoded(content: bytes) -> str:
    """Return bytes as text: UTF-8, or Latin-1 where they are not, as comments of old headers are."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def text_of_page(page: str) -> str:
    """Return the header text in a page of the service.

    Raises
    ------
    DamagedReplyError
        When there is no whole ``<pre>``: an error page, or one that was cut.
    """
    match = _PRE.search(page)
    if match is None:
        raise DamagedReplyError("the page holds no header" if "<pre" not in page.lower() else "the page is cut")
    return "\n".join(line.rstrip() for line in html.unescape(match[1]).strip("\r\n").splitlines())


def checked(text: str, dp_id: str) -> str:
    """Return a header text after a look at its first and last cards and its own name.

    Raises
    ------
    DamagedReplyError
        When it is cut, or another frame's.
    """
    if not _SIMPLE.match(text):
        raise DamagedReplyError("the header does not begin with SIMPLE")
    if not _END.search(text):
        raise DamagedReplyError("the header has no END")
    arcfile = _ARCFILE.search(text)
    if arcfile is None or arcfile[1] != f"{dp_id}.fits":
        raise DamagedReplyError(f"the header is that of {arcfile[1] if arcfile else 'an unnamed frame'}")
    return text
