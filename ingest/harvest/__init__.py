"""What fills ObsPortal: harvest from ESO, header texts from disk, logs of other arrays; then targets and links.

Ties `ingest.eso` and `ingest.targets` to the archive. May import ``ingest.archive`` and what is below it.
"""
