"""Effects: on carers and on health."""
