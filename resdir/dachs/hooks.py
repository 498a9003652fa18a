"""Test code of DaCHS that answers everybody, closed.

DaCHS 2.7 (Debian 12) and 2.11 (Debian 13) look at each TAP query for two texts that are no ADQL: one lets the process
sleep until the time of the query is over and then leaves it, the other one raises an exception that is not handled.
They are for DaCHS' own tests. Knows DaCHS; may import nothing of oivo.
"""

from typing import Any

from gavo.protocols import taprunner


def close() -> None:
    """Let every query be a query."""
    taprunner._hangIfMagic = _is_a_query


def _is_a_query(*_arguments: Any, **_options: Any) -> None:
    """Stand in for DaCHS' look for its tests' texts: they, too, go to the parser, which refuses them."""
