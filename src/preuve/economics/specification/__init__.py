"""Specification: what a person writes of a model, one file for each part of the YAML."""
