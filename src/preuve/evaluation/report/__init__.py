"""How an evidence reads: its words, its charts, its page, its screen of a terminal."""
