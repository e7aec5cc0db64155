"""A bakery of our own invention, so that the first minute is not empty."""
