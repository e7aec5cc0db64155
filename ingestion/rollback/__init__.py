"""Back to the version before: what is live and the generation kept before it change places."""
