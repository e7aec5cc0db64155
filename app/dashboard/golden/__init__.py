"""What the pages of answers that must stay right need beside app/golden: their rows, forms and comparisons."""
