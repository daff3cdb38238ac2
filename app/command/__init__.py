"""The subcommands of `hpts`, one module each."""
