"""What the owner says: questions with answers, and facts, as documents like any other."""
