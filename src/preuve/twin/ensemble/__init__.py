"""Ensemble: many runs, compared world with world."""
