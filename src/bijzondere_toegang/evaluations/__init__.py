"""The evaluations phase of the process."""
