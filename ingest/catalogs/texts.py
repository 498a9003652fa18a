"""Texts of values: how they are cleaned when they come, and how values are written.

May import nothing of oivo.
"""

import unicodedata


def plain(text: str) -> str:
    """Return a text on one line: blanks of all kinds, tabs and line breaks collapsed, letters composed (NFC)."""
    spaced = "".join(" " if char in "\t\r\n" or unicodedata.category(char) == "Zs" else char for char in text)
    return " ".join(part for part in unicodedata.normalize("NFC", spaced).split(" ") if part)


def told(value: object) -> str:
    """Return a value as text, so that reading it gives the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)
