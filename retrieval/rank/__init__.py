"""The second look at the first passages of a search: what is seen of each, learned weights, the new order."""
