"""The plans phase of the process."""
