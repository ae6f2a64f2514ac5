"""Notices to a person, and the letters that go with them."""
