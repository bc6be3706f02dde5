"""Compilation: from what is written to arrays: names resolved, units checked, values in scope."""
