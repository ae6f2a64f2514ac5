"""Listens to every fact; append-only and hash-chained."""
