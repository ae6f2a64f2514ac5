"""Search: who finds what, on both databases."""
