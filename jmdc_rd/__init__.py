"""JMDC in DaCHS: its RD, the page of a star, the export that today's programs read."""
