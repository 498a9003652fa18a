"""Terms of use by their SPDX identifiers. May import this package's ``work``."""

from ingest.citation.work import Licence

SPDX = "https://spdx.org/licenses/"
#: Name, and where the text is, of those that data are published under.
_KNOWN = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution Share Alike 4.0 International",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC-BY-NC-4.0": (
        "Creative Commons Attribution Non Commercial 4.0 International",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "CC-BY-NC-SA-4.0": (
        "Creative Commons Attribution Non Commercial Share Alike 4.0 International",
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    ),
    "CC0-1.0": ("Creative Commons Zero v1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
}


def licence(identifier: str) -> Licence | None:
    """Return the licence with an SPDX identifier; None for ""."""
    if not identifier:
        return None
    name, url = _KNOWN.get(identifier, (identifier, f"{SPDX}{identifier}.html"))
    return Licence(identifier, name, url)
