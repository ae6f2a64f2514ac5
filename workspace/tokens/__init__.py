"""Access tokens: a person's key for programs, never more than the person herself."""
