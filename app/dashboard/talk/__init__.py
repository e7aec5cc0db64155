"""One conversation as the business reads and joins it."""
