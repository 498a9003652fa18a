"""What DaCHS runs on comes from Debian, tested together; nothing from elsewhere may stand before it.

May import ``ingest.errors`` and ``ingest.home``.
"""

import pkgutil
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from ingest.errors import OivoError
from ingest.home import PROJECT

#: What DaCHS runs in, whatever calls it: the environment that the launcher makes with nothing from PyPI.
RUNTIME = PROJECT / ".venv/bin/python"
#: Where Debian puts Python packages, and the only place from which DaCHS may take what Debian has.
DEBIAN = Path("/usr/lib/python3/dist-packages")


class ShadowedError(OivoError):
    """A package from elsewhere would run in the place of Debian's."""


def check_environment(path: Iterable[str] | None = None, debian: Path = DEBIAN) -> None:
    """Refuse to run where a module of another origin hides one of Debian's.

    Parameters
    ----------
    path
        Where Python looks for modules, in this order.  [default: ``sys.path``]
    debian
        Folder of Debian's packages.

    Raises
    ------
    ShadowedError
        Names the modules, the place where they are found, and what to do.
    """
    for folder in _before(sys.path if path is None else path, debian):
        hidden = sorted(_modules(folder) & _modules(debian))
        if hidden:
            raise ShadowedError(
                f"{', '.join(hidden[:5])}{' and others' if len(hidden) > 5 else ''} would be taken from here and not "
                "from Debian's packages, which DaCHS was tested with",
                place=str(folder),
                remedy="remove them from there (for .venv: delete .venv; ./oivo makes it anew), and unset PYTHONPATH",
            )


def _before(path: Iterable[str], debian: Path) -> Iterable[Path]:
    """Yield the folders that Python searches before Debian's, without its own library and this project."""
    standard = {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")}
    standard |= {folder / "lib-dynload" for folder in standard}
    for entry in path:
        folder = Path(entry).resolve()
        if folder == debian.resolve():
            return
        if folder not in standard and folder != PROJECT.resolve() and folder.suffix != ".zip":
            yield folder


def _modules(folder: Path) -> set[str]:
    return {module.name for module in pkgutil.iter_modules([str(folder)])}
