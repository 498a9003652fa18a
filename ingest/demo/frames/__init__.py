"""Simulated raw frames: header texts of MIDI, AMBER, PIONIER, GRAVITY and MATISSE, as ESO's archive shows them.

`ingest.demo.headers` is the way in. Everything is pure; the cards of the instruments are data in `cards.txt`.
May import `ingest.stations`, `ingest.eso.model` and the rest of `ingest.demo`.
"""
