"""`python -m app` is the `hpts` command."""

from app.cli import app

app()
