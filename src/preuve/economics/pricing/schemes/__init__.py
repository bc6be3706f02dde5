"""Schemes: the ways to pay for a system, one file a scheme."""
