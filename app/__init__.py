"""HPTS, a double-entry lending ledger behind an HTTP API."""
