"""ObsPortal in DaCHS: q.rd, ASPRO2's door, the pages. Knows DaCHS; may import ``ingest``."""
