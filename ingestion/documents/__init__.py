"""What a source's pages and files say, version by version."""
