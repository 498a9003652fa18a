"""Starts the processes that read what people submit: files (`ingest.validate.inspect`), tables (`.votable`).

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
    answer = _answer_of(["ingest.validate.inspect", str(path), name, json.dumps(limits.as_dict())], limits)
    return {"refused": f"{name}: {answer['failed']}"} if "failed" in answer else answer


def read_table_confined(data: bytes, limits: Limits) -> dict[str, Any]:
    """Return the rows of a VOTable (``rows``), or why it cannot be read (``refused``)."""
    answer = _answer_of(["ingest.validate.votable", json.dumps(limits.as_dict())], limits, data)
    return {"refused": answer["failed"]} if "failed" in answer else answer


def _answer_of(arguments: list[str], limits: Limits, data: bytes = b"") -> dict[str, Any]:
    """Return what a module says, run as a process that has nothing of ours; ``failed`` when it was ended."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(PROJECT),
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            input=data,
            env=environment,
            capture_output=True,
            timeout=limits.seconds + 5,
            check=False,
            cwd="/",
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"failed": "takes too long to read"}
    except ValueError:
        return {"failed": "takes more time or memory than there is here"}
    assert isinstance(answer, dict)
    return answer
