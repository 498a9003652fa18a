"""The HTTP interface of submission and collections, at /api: JSON in, JSON out.

``resource`` knows twisted; the other modules are functions of a `Call`. Documented in docs/submitting.md.
"""
