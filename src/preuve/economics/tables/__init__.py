"""Tables: figures by age or another key, packaged or beside a model."""
