"""Parts of the account pages: forms, fields, tables. Everything that people wrote is escaped by twisted's templates."""

from datetime import datetime
from typing import Any

from twisted.web.template import tags

from resdir.people.visit import DONE, Visit


def messages(visit: Visit) -> Any:
    """Return what was done before."""
    done = DONE.get(visit.asked.get("done", ""))
    return tags.div(class_="note", role="status")[tags.p[done]] if done else ""


def form(visit: Visit, to: str, *content: Any, button: str, css: str = "account", **hidden: str) -> Any:
    """Return a form with its proof that it is ours."""
    return tags.form(method="post", action=to, class_=css, **{"accept-charset": "utf-8"})[
        [tags.input(type="hidden", name=name, value=value) for name, value in {"csrf": visit.csrf, **hidden}.items()],
        list(content),
        tags.p(class_="actions")[tags.button(type="submit")[button]],
    ]


def button(visit: Visit, to: str, label: str, about: str = "", **hidden: str) -> Any:
    """Return a form that is a button; `about` completes its label for those who do not see where it stands."""
    return form(
        visit,
        to,
        button=tags.transparent[label, tags.span(class_="unseen")[f" {about}"] if about else ""],
        css="button",
        **hidden,
    )


def field(
    name: str, label: str, *, type_: str = "text", value: str = "", hint: str = "", required: bool = True, **more: str
) -> Any:
    """Return a labelled field."""
    known = {
        "id": name,
        "name": name,
        "type": type_,
        "value": value or None,
        "required": "required" if required else None,
        "aria-describedby": f"{name}-hint" if hint else None,
        **more,
    }
    return tags.div(class_="field")[
        tags.label(for_=name)[label, "" if required else tags.span(class_="optional")[" (optional)"]],
        tags.input(**{key: shown for key, shown in known.items() if shown is not None}),
        tags.p(class_="hint", id=f"{name}-hint")[hint] if hint else "",
    ]


def choice(
    name: str, label: str, options: list[tuple[str, str]], *, chosen: str = "", hint: str = "", ident: str = ""
) -> Any:
    """Return a labelled list to choose from: value and text of each."""
    ident = ident or name
    return tags.div(class_="field")[
        tags.label(for_=ident)[label],
        tags.select(id=ident, name=name)[
            [
                tags.option(value=value, **({"selected": "selected"} if value == chosen else {}))[text]
                for value, text in options
            ]
        ],
        tags.p(class_="hint")[hint] if hint else "",
    ]


def section(ident: str, title: str, *content: Any) -> Any:
    """Return a part of a page with its heading."""
    return tags.section(**{"aria-labelledby": ident})[tags.h2(id=ident)[title], list(content)]


def table(caption: str, heads: tuple[str, ...], rows: list[tuple[Any, ...]], nothing: str) -> Any:
    """Return a table, the first cell of each row being its head; or a sentence where there is nothing."""
    if not rows:
        return tags.p(class_="hint")[nothing]
    return tags.div(class_="tablewrap", role="region", tabindex="0", **{"aria-label": caption})[
        tags.table(class_="list stacked")[
            tags.thead[tags.tr[[tags.th(scope="col")[head] for head in heads]]],
            tags.tbody[[_row(heads, row) for row in rows]],
        ]
    ]


def _row(heads: tuple[str, ...], row: tuple[Any, ...]) -> Any:
    first, *others = row
    cells = [tags.td(**{"data-label": head})[cell] for head, cell in zip(heads[1:], others, strict=True)]
    return tags.tr[tags.th(scope="row")[first], cells]


def day(moment: datetime | None, otherwise: str = "") -> str:
    """Return the day of a moment (UTC)."""
    return f"{moment:%Y-%m-%d}" if moment else otherwise
