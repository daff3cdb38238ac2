"""The requests that `make run` prints can be pasted into a shell, and are valid by the contract."""

import json
import shlex

import pytest

from app.cli.error_reporting import CommandError
from app.cli.examples import example_commands, example_text
from app.contract.document import load
from app.settings import load_settings

URL = "http://localhost:3000"


def test_the_bodies_are_valid_and_all_requests_are_about_one_new_loan() -> None:
    disbursement, payment, balance = (shlex.split(command) for _, command in example_commands(URL))
    operations, bodies = load().operations, []
    for words, operation_id in ((disbursement, "postDisbursement"), (payment, "postPayment")):
        body = json.loads(words[words.index("-d") + 1])
        validator = operations[operation_id].request_body
        assert validator is not None
        assert validator.field_errors(body) == []
        bodies.append(body)
    assert bodies[0]["loan_id"] == bodies[1]["loan_id"]
    assert f"{URL}/v1/loans/{bodies[0]['loan_id']}/balance" in balance
    assert f"Idempotency-Key: payment:{bodies[0]['loan_id']}:1" in payment


def test_each_run_prints_another_loan() -> None:
    first, second = example_commands(URL), example_commands(URL)
    assert {command for _, command in first}.isdisjoint(command for _, command in second)


def test_the_text_begins_with_a_token_that_the_commands_read() -> None:
    text = example_text(load_settings(), URL)
    assert text.index("TOKEN='ey") < text.index("# lend 10,000.00 USD")
    assert text.count('-H "Authorization: Bearer $TOKEN"') == 3
    assert text.endswith("\n")


def test_there_are_no_examples_without_a_development_key() -> None:
    with pytest.raises(CommandError, match="is a URL"):
        example_text(load_settings(jwks="https://issuer.example/jwks.json"), URL)
