"""Fields of forms that show what is wrong with them, and buttons.

Names and values come from strangers; twisted's templates escape them. May import ``resdir.people.visit``.
"""

from typing import Any

from twisted.web.template import tags

from resdir.people.visit import Visit


def entry(
    name: str,
    label: Any,
    value: str,
    *,
    hint: Any = "",
    error: str = "",
    doubt: str = "",
    optional: bool = False,
    **more: str | None,
) -> Any:
    """Return a labelled field of one line; a `doubt` is less than an error."""
    ident = more.get("id") or name
    given = {"type": "text", "id": name, "name": name, "value": value, **_aria(ident, hint, error, doubt)}
    given |= more
    return tags.div(class_="field")[
        _label(ident, label, optional),
        tags.input(**{key: shown for key, shown in given.items() if shown is not None}),
        _below(ident, hint, error, doubt),
    ]


def area(
    name: str,
    label: Any,
    value: str,
    *,
    hint: Any = "",
    error: str = "",
    doubt: str = "",
    rows: int = 4,
    optional: bool = False,
) -> Any:
    """Return a labelled field of several lines."""
    aria = {key: shown for key, shown in _aria(name, hint, error, doubt).items() if shown is not None}
    return tags.div(class_="field")[
        _label(name, label, optional),
        tags.textarea(id=name, name=name, rows=str(rows), **aria)[value],
        _below(name, hint, error, doubt),
    ]


def choice(
    name: str,
    label: Any,
    options: list[tuple[str, str]],
    chosen: str,
    *,
    hint: Any = "",
    error: str = "",
    doubt: str = "",
    ident: str = "",
    optional: bool = False,
) -> Any:
    """Return a labelled list to choose from; a value that is not among the options is shown, too."""
    ident = ident or name
    if chosen not in [value for value, _ in options]:
        options = [*options, (chosen, chosen)]
    aria = {key: shown for key, shown in _aria(ident, hint, error, doubt).items() if shown is not None}
    return tags.div(class_="field")[
        _label(ident, label, optional),
        tags.select(id=ident, name=name, **aria)[
            [
                tags.option(value=value, **({"selected": "selected"} if value == chosen else {}))[text]
                for value, text in options
            ]
        ],
        _below(ident, hint, error, doubt),
    ]


def _label(ident: str, label: Any, optional: bool) -> Any:
    return tags.label(for_=ident)[label, tags.span(class_="optional")[" (optional)"] if optional else ""]


def _aria(ident: str, hint: Any, error: str, doubt: str) -> dict[str, str | None]:
    shown = (("error", error), ("doubt", doubt), ("hint", hint))
    described = " ".join(f"{ident}-{what}" for what, text in shown if text)
    return {"aria-describedby": described or None, "aria-invalid": "true" if error else None}


def _below(ident: str, hint: Any, error: str, doubt: str) -> Any:
    return [
        tags.p(class_="message", id=f"{ident}-error")[f"{capital(error)}."] if error else "",
        tags.p(class_="doubt", id=f"{ident}-doubt")[f"{capital(doubt)}."] if doubt else "",
        tags.p(class_="hint", id=f"{ident}-hint")[hint] if hint else "",
    ]


def capital(text: str) -> str:
    """Return a sentence with a capital."""
    return f"{text[:1].upper()}{text[1:]}"


def open_form(
    visit: Visit, to: str, *content: Any, css: str = "account", ident: str = "", files: bool = False, **hidden: str
) -> Any:
    """Return a form with its proof that it is ours, and buttons of its own; with `files` these can be in it."""
    more = {"id": ident} if ident else {}
    return tags.form(
        method="post",
        action=to,
        class_=css,
        enctype="multipart/form-data" if files else None,
        **{"accept-charset": "utf-8", **more},
    )[
        [tags.input(type="hidden", name=name, value=value) for name, value in {"csrf": visit.csrf, **hidden}.items()],
        list(content),
    ]


def actions(*content: Any) -> Any:
    """Return the row of buttons at a form's end."""
    return tags.p(class_="actions")[list(content)]


def submit(label: Any, name: str | None = None, value: str | None = None, css: str | None = None) -> Any:
    """Return a button that sends its form."""
    return tags.button(type="submit", name=name, value=value, class_=css)[label]


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
