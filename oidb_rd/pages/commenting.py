"""Comments below a collection or a granule: those that are shown, and the form for another one.

May import ``ingest``, ``resdir`` and this package.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any
from urllib.parse import quote

from twisted.web.template import tags

from ingest.access.policy import CURATOR
from ingest.archive.comments import LONGEST, Comment, Subject, comments_on
from ingest.archive.connection import Cursor
from oidb_rd.pages.frame import Asked, path_to
from oidb_rd.pages.parts import without_addresses
from resdir.elements import section

_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
_SENT = {
    "sent": "Thank you. A curator reads your comment; then it is shown here.",
    "shown": "Your comment is shown.",
}


def subject_path(subject: Subject) -> str:
    """Return the address of the page that shows the comments on something."""
    return (
        path_to("granule", str(subject.granule_id))
        if subject.granule_id
        else path_to("collection", subject.collection_id)
    )


def comments_section(cursor: Cursor, asked: Asked, subject: Subject) -> Any:
    """Return the section of a page."""
    shown = comments_on(cursor, subject)
    sent = _SENT.get(asked.parameters.get("comment", ""))
    return section(
        f"Comments ({len(shown)})" if shown else "Comments",
        tags.div(class_="note", role="status")[tags.p[sent]] if sent else "",
        tags.ol(class_="comments")[[comment_item(comment) for comment in shown]] if shown else "",
        "" if shown else tags.p(class_="hint")["Nobody has commented yet."],
        comment_form(asked, subject) if asked.csrf else _invitation(subject),
        tags.p[tags.a(href="/comments")["Comments that wait for a curator"]] if asked.visitor.role == CURATOR else "",
        anchor="comments",
    )


def _invitation(subject: Subject) -> Any:
    return tags.p[
        tags.a(href=f"/account/login?next={quote(subject_path(subject), safe='')}", rel="nofollow")["Log in"],
        " to write a comment.",
    ]


def comment_item(comment: Comment) -> Any:
    """Return a comment with who wrote it, and when."""
    moment = comment.created.astimezone(UTC)
    return tags.li(id=f"comment-{comment.id}")[
        tags.p(class_="who")[
            tags.strong[without_addresses(comment.author) or "somebody"],
            " · ",
            tags.time(datetime=f"{moment:%Y-%m-%dT%H:%M:%SZ}")[f"{moment:%Y-%m-%d %H:%M} UTC"],
        ],
        tags.div(class_="said")[list(_paragraphs(comment.body))],
    ]


def _paragraphs(body: str) -> Iterator[Any]:
    for paragraph in re.split(r"\n{2,}", body):
        yield tags.p[list(_linked(paragraph))]


def _linked(text: str) -> Iterator[Any]:
    end = 0
    for found in _LINK.finditer(text):
        yield text[end : found.start()]
        yield tags.a(href=found[0], rel="nofollow ugc noopener")[found[0]]
        end = found.end()
    yield text[end:]


def comment_form(asked: Asked, subject: Subject, body: str = "") -> Any:
    """Return the form for a comment."""
    hidden = {"csrf": asked.csrf, "collection": subject.collection_id, "granule": str(subject.granule_id or "")}
    return tags.form(method="post", action="/comment", class_="comment", **{"accept-charset": "utf-8"})[
        [tags.input(type="hidden", name=name, value=value) for name, value in hidden.items()],
        tags.label(for_="comment-body")["Your comment"],
        tags.textarea(
            id="comment-body",
            name="body",
            rows="5",
            maxlength=str(LONGEST),
            required="required",
            **{"aria-describedby": "comment-hint"},
        )[body],
        tags.p(class_="hint", id="comment-hint")[
            f"Plain text, at most {LONGEST:,} characters; shown with your name when a curator has read it."
        ],
        tags.p(class_="actions")[tags.button(type="submit")["Send"]],
    ]
