"""Pages of the moderated catalogues, JMDC and BadCal: entries handed in, one's own, the queue of those that wait.

Views of ``resdir.people.pages``; they do everything through `ingest.submission.catalogue.CatalogueDesk`, and work
without JavaScript. What is special to a catalogue, its folder tells in a `kind.Kind`.
"""
