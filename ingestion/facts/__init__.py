"""What pages and files state as facts: hours, prices, phones, mail and postal addresses, holidays."""
