"""Question in, verified answer out. Imports nothing of `app` or `ingestion`."""
