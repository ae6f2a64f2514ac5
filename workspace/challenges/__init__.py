"""Challenges: a sponsor's brief, its annex, questions and dates."""
