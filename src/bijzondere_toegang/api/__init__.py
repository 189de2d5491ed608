"""The same by machine: the JSON interface after the NL API Design Rules."""
