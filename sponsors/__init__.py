"""What sponsors and scouts see."""
