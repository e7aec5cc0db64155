"""Ways in for visitors. Each only translates between its wire and conversations, leads and answers."""
