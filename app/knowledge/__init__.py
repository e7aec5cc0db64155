"""What a business knows: its sites and files, read by jobs into generations."""
