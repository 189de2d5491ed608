"""The append-only record of what changed and what was read, chained per case and per account."""
