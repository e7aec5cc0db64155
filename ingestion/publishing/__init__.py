"""What is live, what waits, what one may go back to: the one short transaction that switches."""
