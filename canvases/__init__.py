"""Live canvases and what is discovered about their notes."""
