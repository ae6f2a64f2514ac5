"""Every door, every seat, every id: who gets an answer and who hears that nothing is there."""
