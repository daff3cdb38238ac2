"""One module a schema version, with the SQL of each engine beside it."""
