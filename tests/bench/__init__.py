"""Benchmarks: figures for docs/benchmarks.md. Run by `make bench`, never by `make test`."""
