"""Deeds with challenges."""
