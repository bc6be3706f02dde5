"""The web front door: what exists, what is proved, what is owed, in a browser or by a program."""
