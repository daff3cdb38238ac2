"""The README's table of settings is the truth."""

from pathlib import Path

import pytest

from app.settings import PREFIX, Settings
from tests.docs.settings_table import settings_table


def test_the_readme_lists_every_setting_with_its_default(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    readme = (repository / "README.md").read_text()
    written = readme.partition("kept equal to app/settings.py by a test -->\n")[2].partition("<!-- /settings -->")[0]
    assert written.strip() == settings_table()
