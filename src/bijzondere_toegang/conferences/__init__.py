"""The conferences phase of the process."""
