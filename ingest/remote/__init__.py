"""What oivo fetches from addresses that others name: files hosted elsewhere, VizieR's catalogues.

Knows no database. May import ``ingest.errors``.
"""
