"""What was encrypted is decrypted with the same key, for the same endpoint of the same tenant, and unchanged."""

import os
from base64 import b64encode
from typing import Final

import pytest

from app.webhooks.secret_box import SecretBox, WrongSecretKey

KEY: Final = os.urandom(32)
SECRET: Final = os.urandom(32)


def test_a_secret_is_decrypted_by_whoever_has_the_key() -> None:
    stored = SecretBox(KEY).encrypt(SECRET, "tenant", "endpoint")
    box = SecretBox.of_text(b64encode(KEY).decode())
    assert box is not None
    assert box.decrypt(stored, "tenant", "endpoint") == SECRET
    assert SecretBox.of_text("") is None


def test_a_secret_is_never_stored_twice_in_the_same_bytes() -> None:
    box = SecretBox(KEY)
    first, second = (box.encrypt(SECRET, "tenant", "endpoint") for _ in range(2))
    assert first != second
    assert SECRET not in first


def test_another_key_another_place_and_changed_bytes_are_told() -> None:
    box = SecretBox(KEY)
    stored = box.encrypt(SECRET, "tenant", "endpoint")
    changed = [bytes([*stored[:number], stored[number] ^ 1, *stored[number + 1 :]]) for number in range(len(stored))]
    tries = [(SecretBox(os.urandom(32)), stored, "tenant", "endpoint"), (box, stored, "other", "endpoint")]
    tries += [
        (box, stored, "tenant", "other"),
        *((box, each, "tenant", "endpoint") for each in (*changed, b"", b"\1", stored[:12])),
    ]
    for tried, text, tenant_id, endpoint_id in tries:
        with pytest.raises(WrongSecretKey):
            tried.decrypt(text, tenant_id, endpoint_id)
