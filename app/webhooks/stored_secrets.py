"""All secrets of the database at once: whether they are under the deployment's key, and their change to another key."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from app.store.queries.webhook_endpoints import StoredSecrets, all_secrets, keep_secrets, tenants_with_endpoints
from app.store.store import Store
from app.webhooks.secret_box import SecretBox, WrongSecretKey


async def has_wrong_secret(store: Store, secret_box: SecretBox | None) -> bool:
    """Whether an endpoint's secret is not under the key; without a key, whether there is an endpoint at all."""
    found = await store.read(await store.read((), tenants_with_endpoints), all_secrets)
    return any(secret_box is None or not _fits(secret_box, key, each) for key, each in found.items())


async def reencrypt_secrets(store: Store, new: SecretBox, previous: SecretBox) -> int:
    """Encrypts all secrets under the new key, in one transaction; returns of how many endpoints.

    What is under the new key already stays. Raises WrongSecretKey, with nothing changed, for a secret under neither.
    """
    tenant_ids = await store.read((), tenants_with_endpoints)
    return await store.write(tenant_ids, partial(_rotate, new=new, previous=previous))


def _rotate(connection: Connection, new: SecretBox, previous: SecretBox) -> int:
    changed: Mapping[tuple[str, str], StoredSecrets] = {
        key: each for key, each in all_secrets(connection).items() if not _fits(new, key, each)
    }
    for key, secrets in changed.items():
        older = secrets.previous_secret
        moved = replace(
            secrets,
            secret=new.encrypt(previous.decrypt(secrets.secret, *key), *key),
            previous_secret=None if older is None else new.encrypt(previous.decrypt(older, *key), *key),
        )
        keep_secrets(connection, *key, moved)
    return len(changed)


def _fits(secret_box: SecretBox, key: tuple[str, str], secrets: StoredSecrets) -> bool:
    try:
        secret_box.decrypt(secrets.secret, *key)
    except WrongSecretKey:
        return False
    return True
