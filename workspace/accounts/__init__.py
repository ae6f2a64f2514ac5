"""Who people are: sign-in, profile, sessions."""
