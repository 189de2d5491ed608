"""The placements phase of the process."""
