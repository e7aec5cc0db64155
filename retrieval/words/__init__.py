"""Word lists: stop words, business words, names of days, months and small numbers."""
