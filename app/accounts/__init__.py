"""People who sign in: links by mail, sessions, and which businesses they may enter."""
