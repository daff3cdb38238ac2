"""What only development has: a local signing key, tokens made with it, and a private server."""
