"""Names of stars as catalogues of diameters write them.

May import ``ingest.targets``, which is pure.
"""

import re

from ingest.targets import Star, find_star, key_of

#: Catalogues whose numbers follow without a blank in the column ID1.
_JOINED = re.compile(r"(HD|HDE|HIP|HIC|HR|GJ|SAO|NSV|BD|CD|CPD)\s+(?=[\d+-])")
#: Names of earlier editions that were errors; the JMMC's list of corrections.
_CORRECTED = {"HD187076J": "HD187076"}


def tidy_id(text: str) -> str:
    """Return a name in the form of ID1: `HD 84810` and `HD84810` are one star, and only one of them is used.

    >>> tidy_id(" HD 84810"), tidy_id("2MASS J20424649+0841135"), tidy_id("CCDMJ16294-2626A")
    ('HD84810', '2MASS J20424649+0841135', 'CCDM J16294-2626A')
    """
    name = " ".join(text.split())
    name = re.sub(r"^(2MASS|CCDM|WDS)J(?=\d)", r"\1 J", name)
    name = _JOINED.sub(r"\1", name)
    return _CORRECTED.get(name, name)


def star_key(name: str) -> str:
    """Return the key of a star's name; for what names nothing, the text itself."""
    return key_of(name) or " ".join(name.split())


def is_component(name: str) -> bool:
    """Tell whether a name means a companion, so that numbers of the pair do not identify it."""
    return re.search(r"[\d ][B-D][ab]?$", name) is not None


def known_star(names: tuple[str, ...]) -> Star | None:
    """Return the first star of the local table that one of the names means."""
    return next((star for name in names if name and (star := find_star(name)) is not None), None)
