"""Questions and answers that the owner writes."""
