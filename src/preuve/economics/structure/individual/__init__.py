"""Individual: what a person goes through alone: traits, ways, rewards, and the kernel of it."""
