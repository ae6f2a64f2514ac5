"""One index over what features offer."""
