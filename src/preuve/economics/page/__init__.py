"""How an appraisal reads: its words, its charts, its page."""
