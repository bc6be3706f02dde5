"""Queueing: one ward hour by hour, its formulas, and the beds needed at a chosen risk."""
