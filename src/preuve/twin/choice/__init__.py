"""Choice: how far care is, and where patients go for it."""
