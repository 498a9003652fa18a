"""Targets: names and positions."""
