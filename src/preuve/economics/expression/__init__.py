"""Expressions: what a model writes between its quotes, read without ever being run as code."""
