"""Preparing a bare machine: numbered steps, each done once and again only when its inputs change. Standard library only."""
