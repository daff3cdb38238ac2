"""Checks whether a running deployment conforms to the contract: `hpts contract check`."""
