"""Seasons: the week, winters, heat and epidemics."""
