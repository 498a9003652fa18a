"""JSON-LD as an element of a page, from which no text of anybody gets out. Pure but for twisted's elements."""

import json
from typing import Any

from twisted.web.template import tags


def json_ld(facts: dict[str, Any]) -> Any:
    """Return the element."""
    return tags.script(type="application/ld+json")[json_text(facts)]


def json_text(facts: dict[str, Any]) -> str:
    """Return JSON in which no text can end the element that it is in."""
    text = json.dumps(facts, ensure_ascii=True, indent=1)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
