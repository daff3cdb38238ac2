"""The outbox: the journal itself, read in the order of its commits after a place; no second row is written for a posting."""
