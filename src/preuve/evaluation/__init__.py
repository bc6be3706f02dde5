"""Does it work? From scored cases to summaries, and from released summaries to evidence."""
