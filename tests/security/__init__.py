"""Attacks that once succeeded, and those that every release has to stand."""
