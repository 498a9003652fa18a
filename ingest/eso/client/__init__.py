"""What asks ESO's archive over the network: its TAP service and its header service.

Knows HTTP, no database. Base URLs are given, so that tests ask a server of their own. May import ``ingest.errors`` and
``ingest.eso.model``.
"""

from ingest.eso.client.headers import HeaderClient
from ingest.eso.client.http import EsoError, Fetcher, Manners, UnreachableError
from ingest.eso.client.raw import RawFrames
from ingest.eso.client.tap import TapClient

__all__ = ["EsoError", "Fetcher", "HeaderClient", "Manners", "RawFrames", "TapClient", "UnreachableError"]
