"""For development only: a local signing key, access tokens signed with it, and a private server for the demo and the tests."""
