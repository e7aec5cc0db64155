"""What the pages of unanswered questions show."""
