"""Where the pages of the catalogues are; called by ``resdir.customise``."""

from collections.abc import Mapping
from functools import partial

from resdir.catalogue import entering, own, review, sheets
from resdir.catalogue.kind import Kind
from resdir.people.pages import Pages, View

#: Rows of a file, as the preview puts them into its form.
_LONGEST_FORM = 6_000_000


def submit_pages(kind: Kind) -> Pages:
    """Return the pages below /jmdc/submit or /badcal/submit."""
    views: dict[str, View] = {"": partial(entering.form, kind), "file": partial(sheets.sheet, kind)}
    below: dict[str, View] = {"batch": partial(sheets.batch, kind)}
    return Pages(kind.home, views, below, longest=_LONGEST_FORM, members=True)


def account_views(kinds: Mapping[str, Kind]) -> tuple[dict[str, View], dict[str, View]]:
    """Return the views that are below /account, and those that have something below them."""
    return {"entries": partial(own.mine, kinds), "review": partial(review.queue, kinds)}, {
        "entries": partial(own.one, kinds)
    }
