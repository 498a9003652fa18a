"""Starts the process that reads a submitted file (`ingest.validate.inspect`).

May import ``ingest.home`` and this package's ``limits``.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ingest.home import PROJECT
from ingest.validate.limits import Limits


def read_confined(path: Path, name: str, limits: Limits) -> dict[str, Any]:
    """Return what the process says of a file; ``refused`` in it says why it cannot be taken.

    Parameters
    ----------
    path
        The stored bytes.
    name
        As its owner calls it.
    """
    command = [sys.executable, "-m", "ingest.validate.inspect", str(path), name, json.dumps(limits.as_dict())]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(PROJECT),
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=limits.seconds + 5, check=False, cwd="/"
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"refused": f"{name}: takes too long to read"}
    except ValueError:
        return {"refused": f"{name}: takes more time or memory than there is here"}
    assert isinstance(answer, dict)
    return answer
