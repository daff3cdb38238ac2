"""The rules of the ledger: no I/O, no clock, no ids of its own; the standard library only."""
