"""The development key is created once, readable by its owner only, and never replaced without being asked to."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.dev.keys import PRIVATE_KEY_FILE, NoDevelopmentKey, development_key
from app.settings import DEV_KEY_MARK, Settings, load_settings


def _settings(folder: Path, **others: str) -> Settings:
    return load_settings(jwks=str(folder / "dev-keys" / "jwks.json"), **others)


def test_the_key_is_created_once_and_then_kept(tmp_path: Path) -> None:
    first = development_key(_settings(tmp_path))
    assert development_key(_settings(tmp_path)).key_id == first.key_id


def test_only_the_owner_may_read_the_private_key(tmp_path: Path) -> None:
    development_key(_settings(tmp_path))
    assert (tmp_path / "dev-keys" / PRIVATE_KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_the_key_set_contains_only_the_public_key(tmp_path: Path) -> None:
    key = development_key(_settings(tmp_path))
    (jwk,) = json.loads((tmp_path / "dev-keys" / "jwks.json").read_text())["keys"]
    assert (jwk["kid"], jwk["alg"], jwk["use"], jwk["kty"]) == (key.key_id, "ES256", "sig", "EC")
    assert "d" not in jwk


def test_the_key_is_marked_in_the_set_also_where_an_earlier_version_made_it(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    development_key(settings)
    key_set = Path(settings.jwks)
    (jwk,) = json.loads(key_set.read_text())["keys"]
    assert jwk.pop(DEV_KEY_MARK) is True
    other = {"kty": "EC", "kid": "other"}
    key_set.write_text(json.dumps({"keys": [other, jwk]}))
    development_key(settings)
    assert json.loads(key_set.read_text())["keys"] == [other, jwk | {DEV_KEY_MARK: True}]
    assert key_set.stat().st_mode & 0o777 == 0o600


def test_a_key_set_that_is_none_is_left_as_it_is(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    development_key(settings)
    for text in ("", "[]", "{}", '{"keys": [1]}', '{"keys": 1}'):
        Path(settings.jwks).write_text(text)
        development_key(settings)
        assert Path(settings.jwks).read_text() == text


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: development_key(_settings(tmp_path)).key_id, range(16)))
    assert len(set(keys)) == 1


def test_a_key_set_without_its_private_key_is_not_replaced(tmp_path: Path) -> None:
    development_key(_settings(tmp_path))
    (tmp_path / "dev-keys" / PRIVATE_KEY_FILE).unlink()
    with pytest.raises(NoDevelopmentKey, match="private key"):
        development_key(_settings(tmp_path))


def test_there_is_no_development_key_for_a_key_set_at_a_url() -> None:
    with pytest.raises(NoDevelopmentKey, match="URL"):
        development_key(load_settings(jwks="https://issuer.example/jwks.json"))


def test_no_key_is_created_in_production(tmp_path: Path) -> None:
    settings = _settings(tmp_path, env="prod", issuer="https://issuer.example", audience="hpts")
    with pytest.raises(NoDevelopmentKey, match="development only"):
        development_key(settings)
    assert not (tmp_path / "dev-keys").exists()
