"""The edit form of a record: questions of a profile, filled from its triples, and back."""
