"""The owner's pages: server-rendered, htmx where a page moves by itself. Calls features, holds no rules of theirs."""
