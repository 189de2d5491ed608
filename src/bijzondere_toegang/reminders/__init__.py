"""Telling people in time: due rows, the outbox, and the mail that leaves it."""
