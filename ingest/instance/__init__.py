"""Life of a private instance: account, PostgreSQL cluster, DaCHS root, web server.

Ties everything together: may import ``archive`` and the pure modules, and knows DaCHS only as
programs and configuration files, never by import.
"""
