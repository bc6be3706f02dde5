"""Demography: who lives where, and what they ask of hospitals."""
