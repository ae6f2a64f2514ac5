"""Running the house: probes, figures, backup and restore, the sweep of files that nobody names."""
