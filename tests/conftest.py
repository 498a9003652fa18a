"""What all tests share: where reference data are, and running instances.

``site`` is an instance with the simulated survey, started once a process; tests only read it.
``empty_site`` is another one without data, for tests that write; it, too, is started once, and
such tests use collections of their own. Both are copies of homes that are prepared once a run.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instances import Instance, start

ROOT = Path(__file__).resolve().parent.parent
#: Files with long tests begin first, so that no process has one left when the others are through.
_ORDER = ("integration", "acceptance", "unit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of slow folders first."""
    items.sort(
        key=lambda item: next((n for n, name in enumerate(_ORDER) if f"/{name}/" in str(item.path)), len(_ORDER))
    )


@pytest.fixture(scope="session", autouse=True)
def prepared_homes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the processes of a run share their prepared homes, unless the caller named a folder."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    os.environ.setdefault("OIVO_TEST_HOMES", str(shared / "homes"))


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder with real files and what other programs make of them; tests that need it are skipped without."""
    folder = Path(os.environ.get("OIVO_REFERENCE") or ROOT.parent / "shared") / "data"
    if not os.access(folder / "oifits", os.R_OK | os.X_OK):
        pytest.skip("no reference data: set OIVO_REFERENCE to the folder that contains data/")
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A running instance with the simulated survey; read only."""
    instance = start(tmp_path_factory.mktemp("site"))
    yield instance
    instance.oivo("down")


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A running instance without data, to write into."""
    instance = start(tmp_path_factory.mktemp("empty"), "--empty")
    yield instance
    instance.oivo("down")
