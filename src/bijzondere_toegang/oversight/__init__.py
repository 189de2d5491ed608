"""What the privacy officer watches: odd reading in the log, and whether the log is whole. Never content of a case."""
