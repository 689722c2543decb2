"""Transport only: sockets, the way to the assistant, the runner of its turns, and how things look on each channel."""
