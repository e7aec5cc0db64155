"""Verification of what a model wrote: figures, polarity and names of a sentence are held against the passages."""
