"""Open now, today, on 24 December: answered by code from the facts, in the business's own time."""
