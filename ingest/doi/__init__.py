"""DOIs of collections: registered and kept up to date at DataCite, when the operator has an account there.

``account`` reads the settings, ``client`` speaks to DataCite's REST API, ``register`` does the work. May import
``ingest.archive``, ``ingest.home`` and the pure modules.
"""
