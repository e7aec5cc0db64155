"""Whether a site is read over https or http, where the owner did not say."""
