"""What the tests share: a PostgreSQL server, a running service and a client for it."""
