"""`./oivo dev lock`: writes anew which versions from PyPI test and lint, with hashes, for Debian 12 and 13.

The wishes are in pyproject.toml. A renewal is a commit of its own, which the suite has passed.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "tests/locks"
#: Each release of Debian and its Python.
RELEASES = {"debian12": "3.11", "debian13": "3.13"}
#: Each environment and how it is resolved. Tests run upon Debian's packages, which are not to be doubled.
ENVIRONMENTS = {"test": ["--no-deps"], "lint": [], "lock": []}


def main() -> int:
    """Write all locks; return the exit status."""
    for release, python in RELEASES.items():
        for environment, options in ENVIRONMENTS.items():
            path = LOCKS / f"{release}-{environment}.txt"
            command = [
                *(str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet", "--upgrade"),
                *(
                    "--group",
                    f"pyproject.toml:{environment}",
                    "--python-version",
                    python,
                    "--generate-hashes",
                    "--only-binary",
                    ":all:",
                ),
                *("--no-header", "--no-annotate", "--no-emit-index-url", "--output-file", str(path), *options),
            ]
            if subprocess.run(command, cwd=ROOT, check=False).returncode:
                return 1
            print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
