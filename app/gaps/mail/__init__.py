"""The weekly mail of open questions, and taking in what owners write back to it."""
