"""Measuring the running shop; figures are printed and compared, never passed or failed."""
