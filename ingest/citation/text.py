"""Texts as they may stand in citations: without control characters, and with LaTeX's own escaped.

May import the standard library only.
"""

import re
import unicodedata

#: Control and format characters, lone surrogates, and the two code points that XML 1.0 cannot hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ud800-\udfff]|[\ufffe\uffff]"
)


def clean(text: str) -> str:
    r"""Return a text in one line, composed (NFC), without characters that nobody sees or XML cannot hold.

    Examples
    --------
    >>> clean("A\x00 title\nin two  lines")
    'A title in two lines'
    """
    return unicodedata.normalize("NFC", " ".join(_UNSEEN.sub("", text).split()))


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, each cleaned; empty lines are between them."""
    found = (clean(part) for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")))
    return tuple(part for part in found if part)


#: What LaTeX takes for a command. Braces are written without braces: BibTeX counts them, also escaped ones.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{char: f"\\{char}" for char in "&%$#_"},
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{MINUS SIGN}": "$-$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{DEGREE SIGN}": r"$^\circ$",
    "\N{SUPERSCRIPT TWO}": "$^2$",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{NO-BREAK SPACE}": "~",
    "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
    "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "ø": r"{\o}", "Ø": r"{\O}",
    "ł": r"{\l}", "Ł": r"{\L}", "ı": r"{\i}",
    "μ": r"$\mu$", "µ": r"$\mu$",
}  # fmt: skip
#: Combining characters and LaTeX's accents.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
_GREEK = (
    {char: f"$\\{unicodedata.name(char).split()[-1].lower()}$" for char in "αβγδεζηθικνξπρστυφχψω"}
    | {char: f"$\\{unicodedata.name(char).split()[-1].capitalize()}$" for char in "ΓΔΘΞΠΣΦΨΩ"}
    | {"λ": r"$\lambda$", "Λ": r"$\Lambda$"}
)


def latex(text: str) -> str:
    r"""Return a text that LaTeX sets as it reads, in braces that match; what LaTeX has no macro for stays UTF-8.

    Examples
    --------
    >>> latex("Mérand & α Cen: 100 %")
    "M{\\'e}rand \\& $\\alpha$ Cen: 100 \\%"
    """
    return "".join(map(_latex, clean(text)))


def _latex(char: str) -> str:
    known = _SPECIAL.get(char) or _GREEK.get(char)
    if known or char.isascii():
        return known or char
    parts = unicodedata.normalize("NFD", char)
    base, mark = parts[0], parts[1:]
    if mark not in _ACCENTS or not base.isascii():
        return char
    accent = _ACCENTS[mark]
    return f"{{\\{accent}{{{base}}}}}" if accent.isalpha() else f"{{\\{accent}{base}}}"
