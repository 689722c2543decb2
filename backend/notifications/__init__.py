"""Telling people: listens to what happened and decides who hears of it, in which words."""
