"""The case: what it is, who may see it, and the one door through which it advances."""
