"""Rules and definitions: pure functions, no application and no database."""
