"""Keys of each business: what personal columns are sealed with and found by."""
