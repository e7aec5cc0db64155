"""Work that outlives a request: a row in `jobs` is the truth, arq over Redis is the doorbell."""
