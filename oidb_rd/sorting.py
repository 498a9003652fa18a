"""The orders in which the search can sort, by name. Pure; may import the standard library only."""

#: By the name of a column's head: what is sorted by. Texts of the user are only looked up here.
COLUMNS = {
    "date": "t_min",
    "target": "lower(target_name)",
    "instrument": "instrument",
    "baseline": "baseline_max",
    "channels": "nb_channels",
    "vis2": "nb_vis2",
    "t3": "nb_t3",
    "level": "calib_level",
    "quality": "quality_level",
    "release": "obs_release_date",
    "collection": "obs_collection",
    "submission": "subdate",
}
#: Words for some of them, in the form.
WORDS = {
    "newest": "-date",
    "oldest": "date",
    "target": "target",
    "instrument": "instrument",
    "submitted": "-submission",
    "quality": "-quality",
}


def order_of(text: str) -> tuple[str, bool] | None:
    """Return the column's name and whether the order is descending; None for what is no order.

    Examples
    --------
    >>> order_of("newest"), order_of("-baseline"), order_of("id; DROP")
    (('date', True), ('baseline', True), None)
    """
    wanted = WORDS.get(text, text)
    name = wanted.removeprefix("-")
    return (name, wanted.startswith("-")) if name in COLUMNS else None


def order_by(name: str, descending: bool) -> str:
    """Return the ORDER BY of an order: what is not known comes last, the newest first among equals."""
    direction = "DESC" if descending else "ASC"
    rest = "" if name == "date" else ", t_min DESC NULLS LAST"
    return f"{COLUMNS[name]} {direction} NULLS LAST{rest}, id"
