"""The notice of an owner's own site that something changed: an address with a secret in it, answered with 202."""
