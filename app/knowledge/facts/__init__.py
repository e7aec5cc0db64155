"""Hours, contact and prices: what pages say, what the owner decided, and where both differ."""
