"""Where arrays and stations stand, against the (u, v) coordinates that were measured.

May import numpy, the standard library, this package's modules and ``ingest.oifits``' reading modules.
"""

import math

import numpy as np

from ingest.oifits.check.context import Context, count_of, rows_of
from ingest.oifits.check.values import EARTH_RADIUS
from ingest.oifits.data import Data
from ingest.oifits.geometry import EARTH_RADII, LONGITUDES
from ingest.oifits.model import Array
from ingest.oifits.names import facility_of

#: Degrees of longitude by which an array may stand off from the site of its name.
_DEGREES = 5.0

#: A projected baseline may look longer than the distance of its stations by this factor and these metres: stations
#: are known to centimetres, but some files give those of another configuration of the same pads.
_FACTOR, _METRES = 1.01, 1.0


def check_site(context: Context, array: Array) -> None:
    """An OI_ARRAY that names a known array must stand there."""
    header = array.table.header
    if (header.text("FRAME") or "").upper() != "GEOCENTRIC":
        return
    x, y, z = array.xyz
    if x is None or y is None or z is None or not math.hypot(x, y, z) > EARTH_RADIUS:
        return
    facility = facility_of(array.arrname)
    if math.hypot(x, y, z) > EARTH_RADII[1]:
        message = f"ARRAYX, ARRAYY, ARRAYZ are {math.hypot(x, y, z) / 1e3:.0f} km from the centre of the Earth"
        context.add("OI_ARRAY_XYZ_SITE", array.table, "ARRAYX", message)
    elif facility in LONGITUDES:
        longitude = math.degrees(math.atan2(y, x))
        if abs((longitude - LONGITUDES[facility] + 180) % 360 - 180) > _DEGREES:
            message = f"the longitude is {longitude:.1f} degrees east, that of {facility} is {LONGITUDES[facility]:.1f}"
            context.add("OI_ARRAY_XYZ_SITE", array.table, "ARRAYX", message)


def check_geometry(context: Context, data: Data) -> None:
    """No projected baseline may be longer than the distance of its stations.

    This holds whatever the sign convention of (u, v), the frame of STAXYZ and the averaging of the data.
    """
    lengths, stations = data.baselines, data.stations
    array = context.array_of(data.arrname)
    if lengths is None or stations is None or array is None or not stations.size:
        return
    distances = context.distances_of(array)
    if distances is None:
        return
    # a negative index is a very large one without its sign; whatever is too large has no distance
    places = np.minimum(stations.view(np.uint64), distances.shape[0] - 1).astype(np.intp)
    if places.shape[1] == 2:
        expected = distances[places[:, :1], places[:, 1:]]
    else:
        expected = distances[places[:, [0, 1, 0]], places[:, [1, 2, 2]]]
    odd = (lengths > expected * _FACTOR + _METRES) & (expected > 0)
    if count := count_of(odd):
        place = np.unravel_index(int(odd.argmax()), odd.shape)
        message = (
            f"a projected baseline is {lengths[place]:.1f} m long, its stations are {expected[place]:.1f} m apart "
            f"({rows_of(odd)})"
        )
        context.add("STATION_GEOMETRY", data.table, "UCOORD" if places.shape[1] == 2 else "U1COORD", message, count)
