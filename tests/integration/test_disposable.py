"""DaCHS' folder and the run folder are disposable: the next start makes them again and loses nothing."""

import shutil
from pathlib import Path

from tests.instances import start


def test_dachs_and_run_can_be_deleted(tmp_path: Path) -> None:
    instance = start(tmp_path, "--empty")
    try:
        instance.oivo("oidb", "create-collection", "kept", "--title", "Kept")
        instance.oivo("down")
        shutil.rmtree(instance.home.dachs)
        shutil.rmtree(instance.home.run)
        done = instance.oivo("up", "--detach", "--empty")
        assert "Made DaCHS' tables" in done.stderr
        assert "kept" in instance.adql("SELECT id FROM oidb.collection")
        assert "oidb.oidb" in instance.adql("SELECT table_name FROM tap_schema.tables")
    finally:
        instance.oivo("down")
