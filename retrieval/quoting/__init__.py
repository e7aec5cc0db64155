"""How quotes are chosen and told: layout, features, choice, telling. `retrieval/quote.py` is the way in."""
