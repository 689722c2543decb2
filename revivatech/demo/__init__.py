"""A believable shop to try everything with; laid out by a command, never in production."""
