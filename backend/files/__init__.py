"""Pictures people send: received, checked by content, made anew without metadata, kept privately, shown by signed links."""
