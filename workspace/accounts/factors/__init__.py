"""What a person shows besides a password: authenticator app, passkeys, recovery codes."""
