"""The part of a collection's page that is about attached files.

May import ``ingest`` and this package.
"""

from typing import Any

from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.products import SEMANTICS, Product, attach_product
from ingest.errors import OivoError
from ingest.submission import Desk, Problem, RefusedError
from oidb_rd.submit.curated import Known
from oidb_rd.submit.visit import SubmitVisit, collection_address
from oidb_rd.submit.widgets import size
from resdir.people.fields import actions, choice, counted, entry, open_form, submit


def part(visit: SubmitVisit, known: Known) -> list[Any]:
    """Return the attached files, and the form to attach one."""
    listed = [_product(visit, known, product) for product in known.products]
    parts: list[Any] = [
        tags.p(class_="hint")[
            "Transfer functions, notes on the reduction and the like. Each is as private as the most private file that "
            "it belongs to."
        ],
        tags.ul(class_="products")[listed] if listed else tags.p(class_="hint")["None yet."],
    ]
    if known.retired or not known.files:
        return parts
    return [
        *parts,
        tags.details(open="open" if visit.said("do") == "attach" else None)[
            tags.summary["Attach a file"], _attach_form(visit, known)
        ],
    ]


def _product(visit: SubmitVisit, known: Known, product: Product) -> Any:
    return tags.li[
        tags.a(href=f"/products/{product.id}/{product.url_name}", rel="nofollow")[product.name],
        f" – {product.description} ({product.semantics[1:]}, {size(product.size_bytes)}, "
        f"of {counted(product.granules, 'granule')}) ",
        open_form(
            visit,
            collection_address(known.collection.id),
            submit(["Take away", tags.span(class_="unseen")[f" {product.name}"]]),
            css="button",
            do="detach",
            product=str(product.id),
        ),
    ]


def _attach_form(visit: SubmitVisit, known: Known) -> Any:
    granules = [
        (str(number), f"{told} – {file.name}")
        for file in known.files
        if file.retired is None
        for number, told in zip(file.granule_ids, file.granules, strict=True)
    ]
    most = visit.home.settings.number("limits.submission_bytes")
    return open_form(
        visit,
        collection_address(known.collection.id),
        tags.div(class_="field")[
            tags.label(for_="product-file")["File"],
            tags.input(type="file", id="product-file", name="product-file", required="required"),
            tags.p(class_="hint")[f"PDF, PNG, plain text, tar or tar.gz; up to {size(most)}."],
        ],
        choice("semantics", "What it is", list(SEMANTICS.items()), visit.said("semantics") or "#auxiliary"),
        entry(
            "product-description",
            "Description",
            visit.typed("product-description", ""),
            hint="One line, which others see beside the link.",
            error=visit.error("product-description"),
            maxlength="300",
        ),
        tags.fieldset(class_="boxes")[
            tags.legend["It belongs to"],
            tags.label[
                tags.input(
                    type="radio",
                    name="which",
                    value="all",
                    checked=None if visit.said("which") == "chosen" else "checked",
                ),
                "all granules that the collection has now",
            ],
            tags.label[
                tags.input(
                    type="radio",
                    name="which",
                    value="chosen",
                    checked="checked" if visit.said("which") == "chosen" else None,
                ),
                "those that are ticked here:",
            ],
            tags.div(class_="granule-boxes", role="group", tabindex="0", **{"aria-label": "Granules"})[
                [
                    tags.label[
                        tags.input(
                            type="checkbox",
                            name="granule",
                            value=number,
                            checked="checked" if number in visit.several("granule") else None,
                        ),
                        told,
                    ]
                    for number, told in granules
                ]
            ],
        ],
        actions(submit("Attach it")),
        css="account sending",
        files=True,
        do="attach",
    )


def attach(visit: SubmitVisit, desk: Desk, cursor: Cursor, identifier: str) -> None:
    """Attach the file that was sent."""
    if len(visit.files) != 1:
        raise RefusedError([Problem("choose a file", field="product-file")])
    if not visit.said("product-description"):
        raise RefusedError(
            [Problem("a description is needed; choose the file again, too", field="product-description")]
        )
    chosen = None
    if visit.said("which") == "chosen":
        chosen = [int(number) for number in visit.several("granule") if number.isascii() and number.isdigit()]
    file = visit.files[0]
    try:
        attach_product(
            cursor,
            desk.store,
            identifier,
            file.name,
            file.content,
            semantics=visit.said("semantics"),
            description=visit.said("product-description"),
            granule_ids=chosen,
        )
    except OivoError as error:
        told = f"{error.problem}{f' ({error.remedy})' if error.remedy else ''}"
        raise RefusedError([Problem(told, file.name, "product-file")]) from error
