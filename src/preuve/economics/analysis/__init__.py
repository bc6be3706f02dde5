"""Analyses of a model's draws: frontier, acceptability, value of information, price, equity."""
