"""Keeping the record: versions of keys, erasing what is due, backup and restore. Works beside the application."""
