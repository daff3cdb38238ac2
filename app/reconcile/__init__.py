"""Reconciliation: every balance computed again from the journal's lines, and compared."""
