"""What is past its time is deleted, by a daily job of the house."""
