"""Vector indexes of very large businesses (docs/decisions/0032)."""
