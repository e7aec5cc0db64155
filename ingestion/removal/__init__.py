"""A source or a file out of what is live: a generation without it, made by copying, and nothing left of it."""
