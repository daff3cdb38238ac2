"""The issuer's keys: which of them may sign, and where they come from."""
