"""How an impact reads: its words, its maps, its charts, its page."""
