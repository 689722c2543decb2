"""The shop's own articles: read, found, filled with today's facts."""
