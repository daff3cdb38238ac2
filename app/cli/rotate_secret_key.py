"""`hpts rotate-secret-key`: encrypts all stored secrets of webhooks under a new key, while the server is stopped."""

from app.cli.console_output import console
from app.cli.database import with_store
from app.cli.error_reporting import CommandError
from app.settings import PREFIX, SettingsError, load_settings
from app.webhooks.secret_box import SecretBox, WrongSecretKey
from app.webhooks.stored_secrets import reencrypt_secrets


def rotate_secret_key() -> None:
    """Encrypt the secrets of webhooks under HPTS_SECRET_KEY instead of HPTS_SECRET_KEY_PREVIOUS; stop the server first."""
    settings = load_settings()
    new, previous = SecretBox.of_text(settings.secret_key), SecretBox.of_text(settings.secret_key_previous)
    if new is None or previous is None:
        missing = "SECRET_KEY" if new is None else "SECRET_KEY_PREVIOUS"
        remedy = "Give the new key as HPTS_SECRET_KEY, and the one before as HPTS_SECRET_KEY_PREVIOUS"
        raise SettingsError([f"{PREFIX}{missing} is not set. {remedy}"])
    try:
        count = with_store(settings, lambda store: reencrypt_secrets(store, new, previous))
    except WrongSecretKey:
        raise CommandError(
            "a secret is under neither key, and nothing was changed: give the key that the server had as HPTS_SECRET_KEY_PREVIOUS"
        ) from None
    console().print(f"The secrets of {count} webhook endpoints are under the new key.")
