"""`python -m app` is the `hpts` command."""

from app.cli.hpts import app

app()
