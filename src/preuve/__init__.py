"""Preuve: evidence on AI in care, from the hospitals to the decision."""

__version__ = "0.1.0"
