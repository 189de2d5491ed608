"""The decisions phase of the process."""
