"""The HTTP interface at /api: submission of data, collections, measurements and reports; JSON in, JSON out.

``resource`` knows twisted; the other modules are functions of a `Call`. Documented in docs/submitting.md, docs/jmdc.md
and docs/badcal.md.
"""
