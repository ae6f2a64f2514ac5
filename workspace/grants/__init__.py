"""Grants: who holds which role where, from when until when, and on what basis."""
