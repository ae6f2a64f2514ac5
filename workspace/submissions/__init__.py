"""Entries and submissions: what a team hands in, frozen."""
