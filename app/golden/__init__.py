"""Golden questions: what must stay answerable, asked of every generation before it is published."""
