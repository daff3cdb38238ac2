"""The pages as they are in development, and a test client for them."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.contract.document import Contract, load
from app.pages.site import create_pages
from app.settings import Settings, load_settings


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(jwks=str(tmp_path / "jwks.json"))


@pytest.fixture
def browser(contract: Contract, settings: Settings) -> FlaskClient:
    return create_pages(contract, settings).test_client()
