"""Who did what to a business's data. Written by every feature, read by the owner."""
