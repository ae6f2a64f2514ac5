"""Evidence for and against a note."""
