"""OiDB in DaCHS: q.rd, and the code of its links and pages. Knows DaCHS; may import ``ingest``."""
