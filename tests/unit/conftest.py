"""What unit tests share: hypothesis without a database of examples, which a read-only checkout has no place for."""

from pathlib import Path

import pytest
from hypothesis import settings

from ingest.home import Home

settings.register_profile("oivo", database=None, deadline=None)
settings.load_profile("oivo")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A new home with its folders and default settings; nothing runs in it."""
    home = Home(tmp_path / "home")
    home.create()
    return home
