"""What the house checks of itself."""
