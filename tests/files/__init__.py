"""Uploads, previews and the doors to them."""
