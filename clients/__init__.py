"""The packages that callers of the API install; `generate.py` makes from the contract what they say of it."""
