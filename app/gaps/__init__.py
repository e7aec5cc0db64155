"""What visitors asked and nothing answered: collected, told to the owner, answered, taken in."""
