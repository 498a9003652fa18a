"""Targets: which names and positions in the headers are one star.

Pure: values in, values out; reads the star table of `resdir/stars`. Other folders use what is exported here.
"""

from ingest.targets.cluster import Rulings
from ingest.targets.names import key_of
from ingest.targets.sightings import Sighting
from ingest.targets.stars import Star, StarTable, bright_stars, find_star
from ingest.targets.targets import Alias, Target, identify

__all__ = [
    "Alias",
    "Rulings",
    "Sighting",
    "Star",
    "StarTable",
    "Target",
    "bright_stars",
    "find_star",
    "identify",
    "key_of",
]
