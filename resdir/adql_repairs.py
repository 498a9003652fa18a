r"""Repairs of the ADQL parser of DaCHS 2.7, made in every process of DaCHS.

- pyparsing's quoted string, which DaCHS takes for ADQL's, lets a backslash hide a quote; DaCHS hands the text on as it
  is, and for PostgreSQL the string ends there: ``'\' UNION SELECT usename FROM pg_user --'`` is SQL that nobody
  checked. ADQL knows no escape but the doubled quote (ADQL 2.0, section 2.1.2; SQL-92, 5.3).
- ``<>``, the one spelling of "not equal" that ADQL 2.0 has, is not parsed at all; only ``!=`` is.
- The sum of whole numbers is declared as one of them; PostgreSQL's is larger: of bigint it is numeric, which comes as
  float and fails in BINARY. Here it is a bigint, always.
- An index finds the rows of a match only when the larger table is the point that stands alone. DaCHS sorts the two by
  their numbers of rows where it knows them, and knows none before they were counted; but an upload is never the larger
  one (1000 sources, a million granules: 0.2 s one way, over 60 s the other).

Knows DaCHS; may import nothing of oivo.
"""

from typing import Any

from gavo.adql import fieldinfo, grammar, nodes

# DaCHS brings a pyparsing of its own; objects of another cannot be mixed in.
_Regex = grammar.Regex

_STRING = r"'(?:[^']|'')*'"
_WHOLE = ("smallint", "integer", "bigint")
_sort_large_first = nodes._sortLargeFirst
_add_field_info, _flatten = nodes.SetFunction.addFieldInfo, nodes.SetFunction.flatten
_COMPARISONS_OF_DACHS = "=|!=|<=|>=|<|>"


def repair() -> None:
    """Make the repairs; a second call changes nothing more."""
    grammar.sglQuotedString = _Regex(_STRING).setName("string literal")
    grammar.Regex = _regex
    # Whatever grammar was made before is made anew at the next query.
    nodes.getTreeBuildingGrammar.cache_clear()
    grammar.getADQLGrammar.cache_clear()
    nodes.SetFunction.addFieldInfo = _describe_aggregate
    nodes.SetFunction.flatten = _write_aggregate
    nodes._sortLargeFirst = _large_first


def _regex(pattern: str, *arguments: Any, **options: Any) -> Any:
    """Make what DaCHS asks pyparsing for; of the comparison operators one more."""
    if pattern != _COMPARISONS_OF_DACHS:
        return _Regex(pattern, *arguments, **options)
    # Further on DaCHS knows only its own spelling.
    return _Regex(f"<>|{pattern}").setParseAction(lambda found: "!=" if found[0] == "<>" else found[0])


def _is_sum_of_whole_numbers(node: Any) -> bool:
    info = node.fieldInfo
    return info is not None and node.children[0].upper() == "SUM" and info.type in _WHOLE


def _describe_aggregate(node: Any, context: Any) -> None:
    """Give an aggregate its type, unit and UCD."""
    _add_field_info(node, context)
    if _is_sum_of_whole_numbers(node):
        told = node.fieldInfo
        node.fieldInfo = fieldinfo.FieldInfo(
            "bigint", unit=told.unit, ucd=told.ucd, userData=told.userData, tainted=told.tainted
        )
        node.fieldInfo.properties.update(told.properties)


def _write_aggregate(node: Any) -> str:
    """Write an aggregate as SQL."""
    text = _flatten(node)
    return f"CAST({text} AS bigint)" if _is_sum_of_whole_numbers(node) else str(text)


def _large_first(first: Any, second: Any) -> tuple[Any, Any]:
    """Sort two points: the one whose table has more rows first, a constant last."""
    uploads = _is_of_upload(first), _is_of_upload(second)
    if uploads == (True, False) and not nodes._isConstant([second]):
        return second, first
    if uploads == (False, True) and not nodes._isConstant([first]):
        return first, second
    constants = nodes._isConstant([first]) or nodes._isConstant([second])
    if not constants and nodes._estimateTableSize([first]) == nodes._estimateTableSize([second]):
        # not counted since there were none: DaCHS would turn them round, whoever asks knows better
        return first, second
    in_order: tuple[Any, Any] = _sort_large_first(first, second)
    return in_order


def _is_of_upload(argument: Any) -> bool:
    return any(
        getattr(column.parent, "temporary", False)
        for info in nodes.iterFieldInfos([argument])
        for column in info.userData
    )
