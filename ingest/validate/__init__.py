"""The validator of the site: files that strangers send are checked in a process of their own, and nothing is kept.

``run`` starts that process and reads its answer; ``__main__`` is the process (``python -m ingest.validate``), which
``upload`` feeds. No database, no DaCHS, no network. A newcomer reads ``run`` first.

May import ``ingest.oifits``, ``ingest.quicklook``, ``ingest.errors``, and ``run`` also ``ingest.home``.
"""
