"""Universities, companies, facility hosts and accelerators."""
