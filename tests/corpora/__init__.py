"""What attackers and careless clients send, each with its verdict: one home for each kind, and the tests that send it."""
