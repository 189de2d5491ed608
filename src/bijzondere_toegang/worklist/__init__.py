"""What waits for a professional, by term."""
