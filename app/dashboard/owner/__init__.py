"""The pages of what the owner says: facts, and questions with answers."""
