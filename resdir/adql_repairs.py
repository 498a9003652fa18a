r"""Repairs of the ADQL parser of DaCHS 2.7, made in every process of DaCHS.

- pyparsing's quoted string, which DaCHS takes for ADQL's, lets a backslash hide a quote; DaCHS hands the text on as it
  is, and for PostgreSQL the string ends there: ``'\' UNION SELECT usename FROM pg_user --'`` is SQL that nobody
  checked. ADQL knows no escape but the doubled quote (ADQL 2.0, section 2.1.2; SQL-92, 5.3).
- ``<>``, the one spelling of "not equal" that ADQL 2.0 has, is not parsed at all; only ``!=`` is.

Knows DaCHS; may import nothing of oivo.
"""

from typing import Any

from gavo.adql import grammar, nodes

# DaCHS brings a pyparsing of its own; objects of another cannot be mixed in.
_Regex = grammar.Regex

_STRING = r"'(?:[^']|'')*'"
_COMPARISONS_OF_DACHS = "=|!=|<=|>=|<|>"


def repair() -> None:
    """Let the ADQL parser follow the standard in both points; a second call changes nothing more."""
    grammar.sglQuotedString = _Regex(_STRING).setName("string literal")
    grammar.Regex = _regex
    # Whatever grammar was made before is made anew at the next query.
    nodes.getTreeBuildingGrammar.cache_clear()
    grammar.getADQLGrammar.cache_clear()


def _regex(pattern: str, *arguments: Any, **options: Any) -> Any:
    """Make what DaCHS asks pyparsing for; of the comparison operators one more."""
    if pattern != _COMPARISONS_OF_DACHS:
        return _Regex(pattern, *arguments, **options)
    # Further on DaCHS knows only its own spelling.
    return _Regex(f"<>|{pattern}").setParseAction(lambda found: "!=" if found[0] == "<>" else found[0])
