"""The operations of the contract by their tags."""
