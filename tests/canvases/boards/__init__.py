"""Pages and actions of canvases."""
