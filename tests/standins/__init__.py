"""Servers that stand in for those of other people, on loopback."""
