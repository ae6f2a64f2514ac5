"""Checklists with sign-offs and the gates that they release."""
