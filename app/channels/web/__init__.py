"""The web widget: its files, its frame, and the visitor API under /w/{key}."""
