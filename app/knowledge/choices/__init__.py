"""What an owner decides about a site: how often and how far it is read, what of it, and what is left out."""
