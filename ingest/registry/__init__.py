"""What the registries of the Virtual Observatory are told of this site; pure.

The operator's file (`document`), what is wrong with it (`rules`), what the data themselves say (`coverage`), the
streams that DaCHS makes records of (`streams`), and records against their schemas (`schemas`).
"""
