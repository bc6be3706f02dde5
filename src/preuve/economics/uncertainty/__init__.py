"""Uncertainty: from the distributions that are written to the draws of every parameter."""
