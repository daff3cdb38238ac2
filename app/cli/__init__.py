"""The `hpts` command: one module for each subcommand, error reporting and console output."""
