"""Uploaded files, what they may be, and who may open them."""
