"""The `hpts` command: a module for each subcommand, and what they share."""
