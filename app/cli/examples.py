"""The three requests that `make run` prints, as commands that work when pasted into another terminal."""

import json
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from app.cli.error_reporting import CommandError
from app.dev.keys import NoDevelopmentKey
from app.dev.tokens import mint
from app.settings import Settings

CURL: Final = r"curl -sS -w '\n'"
"""The answer ends in a newline, so that the shell's prompt does not follow it on its line."""


def example_text(settings: Settings, base_url: str) -> str:
    """The text to print. Raises CommandError if no token can be made on this machine."""
    try:
        lines = ["\nIn another terminal, a token of one hour:\n", f"TOKEN='{mint(settings)}'"]
    except NoDevelopmentKey as refused:
        raise CommandError(str(refused)) from refused
    for title, command in example_commands(base_url):
        lines.append(f"\n# {title}\n{command}")
    return "\n".join(lines) + "\n"


def example_commands(base_url: str) -> list[tuple[str, str]]:
    """Title and command of each request, about a new loan; each command reads the token from $TOKEN."""
    loan_id, today = str(uuid4()), datetime.now(UTC).date().isoformat()
    common = {"loan_id": loan_id, "borrower_id": str(uuid4()), "currency": "USD", "effective_at": today}
    disbursement = {**common, "amount_minor": "1000000", "method": "ach"}
    payment = {**common, "amount_minor": "88849", "source_method": "ach"}
    return [
        ("lend 10,000.00 USD", _post(f"{base_url}/v1/disbursements", f"disbursement:{loan_id}", disbursement)),
        ("take a payment of 888.49 USD", _post(f"{base_url}/v1/payments", f"payment:{loan_id}:1", payment)),
        ("what is still owed", f'{CURL} {base_url}/v1/loans/{loan_id}/balance -H "Authorization: Bearer $TOKEN"'),
    ]


def _post(url: str, idempotency_key: str, body: dict[str, str]) -> str:
    return (
        f'{CURL} {url} -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n'
        f"  -H 'Idempotency-Key: {idempotency_key}' \\\n"
        f"  -d '{json.dumps(body)}'"
    )
