"""Teams: people who work together, their charter and their states."""
