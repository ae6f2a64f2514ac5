"""IP and technology transfer."""
