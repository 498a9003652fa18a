"""Links that lead programs from a page to what it is about: Signposting (https://signposting.org/FAIR/).

Few links go into the header Link (RFC 8288); all of them into a link set (RFC 9264). May import this package.
"""

import json
from dataclasses import dataclass
from typing import Any

from ingest.citation.forms import FORMS
from ingest.citation.work import Work

#: A header of many kilobytes is refused by proxies: more files than these are in the link set only.
MOST_ITEMS = 10
LINKSET = "linkset.json"
LINKSET_TYPE = "application/linkset+json"


@dataclass(frozen=True)
class Signpost:
    """A typed link from a work's page; ``type`` and ``profile`` may be empty."""

    href: str
    rel: str
    type: str = ""
    profile: str = ""

    @property
    def header(self) -> str:
        """As a value of the header Link; addresses have neither blanks nor brackets."""
        shown = {"rel": self.rel, "type": self.type, "profile": self.profile}
        return f"<{self.href}>" + "".join(f'; {name}="{value}"' for name, value in shown.items() if value)


def signposts(work: Work) -> list[Signpost]:
    """Return all typed links of a work."""
    links = [
        Signpost(work.permanent_url, "cite-as"),
        Signpost("https://schema.org/AboutPage", "type"),
        Signpost("https://schema.org/Dataset", "type"),
    ]
    links += [Signpost(f"https://orcid.org/{name.orcid}", "author") for name in work.creators if name.orcid]
    links += [
        Signpost(f"{work.url}/{form.name}", "describedby", form.served.partition(";")[0], form.profile)
        for form in FORMS
    ]
    if work.licence:
        links.append(Signpost(work.licence.url, "license"))
    if work.whole:
        links.append(Signpost(work.whole.url, "collection", "text/html"))
    links += [Signpost(found.url, "item", found.media_type) for found in work.items]
    return links


def link_header(work: Work) -> str:
    """Return the header Link of a work's page."""
    links = signposts(work)
    items = [found for found in links if found.rel == "item"]
    shown = links if len(items) <= MOST_ITEMS else [found for found in links if found.rel != "item"]
    complete = Signpost(f"{work.url}/{LINKSET}", "linkset", LINKSET_TYPE)
    return ", ".join(found.header for found in [*shown, complete])


def linkset(work: Work) -> str:
    """Return the link set of a work: its page's links, and those back to it."""
    links = signposts(work)
    forward: dict[str, Any] = {"anchor": work.url}
    for found in links:
        target = {"href": found.href, "type": found.type, "profile": found.profile}
        forward.setdefault(found.rel, []).append({name: value for name, value in target.items() if value})
    back = [
        {"anchor": found.href, name: [{"href": work.url, "type": "text/html"}]}
        for found in links
        for name in [{"describedby": "describes", "item": "collection"}.get(found.rel)]
        if name
    ]
    return json.dumps({"linkset": [forward, *back]}, ensure_ascii=False, indent=1) + "\n"
