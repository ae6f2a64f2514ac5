"""Readiness: six scales, claimed by a team and confirmed by a person."""
