"""What a visitor and the business say to each other, and who answers meanwhile."""
