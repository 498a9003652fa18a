"""ESO's archive of raw VLTI frames: header texts and what an exposure is, as data and pure functions.

Bytes and values in, values out; only `ingest.eso.client` asks the network. Knows no database, no DaCHS.
May import ``ingest.errors``, ``ingest.stations``.
"""
