"""Accounts: who may sign in, with what role, by which means."""
