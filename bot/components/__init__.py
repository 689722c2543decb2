"""Rasa's graph components around models.text."""
