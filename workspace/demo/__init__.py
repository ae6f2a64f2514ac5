"""The demo's story: fictional people, challenges and teams."""
