"""Journeys of people through the whole workspace, in a real browser."""
