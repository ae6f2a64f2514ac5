"""Live notes, versions and export of a canvas."""
