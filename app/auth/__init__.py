"""Who calls: access tokens, the issuer's keys that sign them, and the scopes that a token grants."""
