"""A first start that is killed, whenever it is: the next call repairs what it left."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from ingest.home import Home
from tests.instances import PYTHON, Instance, free_port


@pytest.mark.parametrize("seconds", [0.3, 1.2, 5.0])
def test_interrupted_at_any_moment_the_next_call_repairs(tmp_path: Path, seconds: float) -> None:
    instance = Instance(Home(tmp_path / "home"), free_port())
    process = subprocess.Popen(
        [PYTHON, "-m", "ingest", "up", "--detach"],
        env=instance.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)  # a quicker machine may be through: then this is the test of a second start
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    try:
        instance.oivo("up", "--detach")
        found = instance.adql("SELECT obs_collection, COUNT(*) AS n FROM oidb.oidb GROUP BY obs_collection")
        assert found.count("sim_") == 5, found
        assert not (instance.home.run / "survey-being-loaded").exists()
    finally:
        instance.oivo("down")
