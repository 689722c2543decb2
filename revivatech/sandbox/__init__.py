"""Stand-ins for the outside world, for development and tests: what RevivaTech sends, kept and shown instead of delivered."""
