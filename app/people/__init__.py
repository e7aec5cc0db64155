"""The one erasable subject behind visitors, leads and messages, and how it is recognised again."""
