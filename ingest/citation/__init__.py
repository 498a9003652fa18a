"""How data are cited: what a collection or a granule is, in the forms that people and programs ask for.

``work`` holds the facts; ``datacite``, ``jsonld``, ``bibtex`` and ``styles`` write them, ``signposts`` links to them.
Pure: values in, texts out. May import the standard library only.
"""
