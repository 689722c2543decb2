"""Holding a slot, booking it, moving it and giving it up."""
