"""Conversations: rows, ownership, what customers, the assistant and technicians say, and the fence between them."""
