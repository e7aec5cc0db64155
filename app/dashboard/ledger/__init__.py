"""The ledger of a source as a table: every address, what became of it, and what may be done about it."""
