"""Cones of any radius for cone searches: pgsphere refuses circles beyond a hemisphere, clients ask for SR=180 and 360.

Knows DaCHS; may import nothing of oivo.
"""

import math
from collections.abc import Iterator
from typing import Any

from gavo import base


def condition(ra: str, dec: str, given: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """Give the condition of a cone search in SQL.

    Parameters
    ----------
    ra, dec
        Names of the columns, degrees.
    given
        RA, DEC and SR of the request.
    parameters
        Takes the values.
    """
    values = {name: float(given[name]) for name in ("RA", "DEC", "SR")}
    if not all(map(math.isfinite, values.values())) or not -90 <= values["DEC"] <= 90 or values["SR"] < 0:
        raise base.ValidationError(
            "RA, DEC and SR must be numbers of degrees; DEC from -90 to 90, SR not negative", "SR"
        )
    if values["SR"] >= 180:
        yield f"{ra} IS NOT NULL"
        return
    names = {name: f"%({base.getSQLKey(name, value, parameters)})s" for name, value in values.items()}
    place = f"spoint(radians({ra}), radians({dec}))"
    centre = f"spoint(radians({names['RA']}), radians({names['DEC']}))"
    if values["SR"] < 90:
        yield f"{place} <@ scircle({centre}, radians({names['SR']}))"
    else:
        yield f"{place} <-> {centre} <= radians({names['SR']})"
