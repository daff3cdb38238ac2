"""HTTP: everything between the socket and a handler, the same for every operation of the contract."""
