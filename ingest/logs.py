"""oivo's own log: one line an event, with the id of the run that it belongs to, rotated by size.

May import ``ingest.home``.
"""

import logging
import logging.handlers
import os
import secrets
import shutil

from ingest.home import Home

_FORMAT = "%(asctime)s %(levelname)s [%(run)s] %(message)s"
#: 5 files of 2 MB: months of a quiet site, and a bounded share of the disk.
_BYTES, _FILES = 2_000_000, 5


def start_log(home: Home, run: str | None = None) -> str:
    """Send the log to the home's ``oivo.log`` and return the id of this run.

    Nothing is logged where the home does not exist yet or belongs to somebody else.
    """
    run = run or secrets.token_hex(4)
    logger = logging.getLogger("oivo")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    for old in logger.handlers[:]:
        logger.removeHandler(old)
        old.close()
    try:
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            home.logs / "oivo.log", maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORMAT, defaults={"run": run}))
    logger.addHandler(handler)
    return run


def rotate_logs(home: Home) -> None:
    """Start the logs that programs append to anew when they have grown; one older copy stays.

    They are copied and cut, not renamed: the programs that write into them keep them open.
    """
    for path in home.logs.glob("*.log"):
        if not path.name.startswith(("oivo", "postgresql-")) and path.stat().st_size > _BYTES:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            os.truncate(path, 0)


log = logging.getLogger("oivo")
# Until `start_log` says where to: Python would print warnings on standard error.
log.addHandler(logging.NullHandler())
