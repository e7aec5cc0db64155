"""For whoever holds the data dir: a command beside a running service asks it, and loads no second model."""
