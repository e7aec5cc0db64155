"""Passages in, a staged and then published generation out: what a re-index makes, beside what is live."""
