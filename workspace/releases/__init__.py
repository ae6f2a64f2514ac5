"""Releases: one item in one version, shown to one audience from one date."""
