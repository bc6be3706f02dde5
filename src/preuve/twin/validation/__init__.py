"""Validation of the twin against what really happened, one question a file."""
