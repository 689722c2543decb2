"""The switchboard: command line, set-up, supervisor, and the place where backend and channels meet."""
