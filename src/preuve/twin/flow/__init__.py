"""Flow: every stay of the country, one by one, a day at a time."""
