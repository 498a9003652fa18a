"""What pages say in their headers; one policy for all of them.

May import twisted.
"""

from twisted.web.http import Request


def content_policy(*connect: str) -> str:
    """Return the value of Content-Security-Policy: all is from here, no other site has the page in a frame.

    Parameters
    ----------
    connect
        What scripts may talk to besides this site.
    """
    others = "".join(f" {other}" for other in connect)
    # DaCHS' own scripts, which every page loads, set styles
    return (
        "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
        f"connect-src 'self'{others}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def set_private(request: Request) -> None:
    """Set the headers of pages with forms: nobody on the way keeps them, no search engine shows them."""
    request.setHeader("cache-control", "private, no-store")
    request.setHeader("vary", "Authorization, Cookie")
    request.setHeader("content-security-policy", content_policy())
    request.setHeader("referrer-policy", "same-origin")
    request.setHeader("x-content-type-options", "nosniff")
    request.setHeader("x-robots-tag", "noindex")
    request.setHeader("content-type", "text/html; charset=utf-8")
