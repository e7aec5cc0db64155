"""Pages that are empty without JavaScript, opened in a browser that can reach nothing but our outbound door."""
