"""Tests of obsportal_rd: its pure parts."""
