"""Schemathesis against a running server, with data that the ledger accepts and with checks of our own."""
