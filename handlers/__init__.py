"""One module a tag of the contract, one function an operation: the call in, a command or a look-up, the answer out."""
