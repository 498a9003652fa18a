"""What oivo adds to GAVO DaCHS: OIFITS, headers, the archive, access rules, catalogues.

Dependencies point one way: ``cli`` and ``instance`` -> ``archive`` -> the pure modules
(``oifits``, ``access.policy``, ``targets`` ...), which know no database, no DaCHS and no HTTP.
"""

__version__ = "0.1.0"
