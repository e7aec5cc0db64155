"""Site or file in, published chunks out. Imports nothing of `app` or `retrieval`."""
