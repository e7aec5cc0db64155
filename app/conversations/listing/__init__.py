"""The list of conversations, as the business meets it."""
