"""Checks that recompute what is recorded of accounts, entries and loans from the journal's lines."""
