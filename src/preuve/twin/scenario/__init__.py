"""Scenario: what a planner writes, checked before anything runs."""
