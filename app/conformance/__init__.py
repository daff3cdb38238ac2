"""Whether a deployment does what the contract says, and whether one contract keeps what another promised."""
