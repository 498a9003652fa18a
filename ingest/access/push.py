"""Trees of other hosts: written in a folder of ours first, then copied by a command, batch by batch.

The command is the operator's, by default rsync over ssh: it replaces each file in one moment. May import
``ingest.access`` and ``ingest.errors``.
"""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ingest.access.folder import Folder, TreeError
from ingest.access.htaccess import PASSWORDS
from ingest.access.tree import Plan, batches

#: A copy of some thousand small files takes seconds; what takes longer than this hangs.
_SECONDS = 600


@dataclass(frozen=True)
class Push:
    """A tree of another host.

    Attributes
    ----------
    staging
        Our copy of its rules.
    command
        With ``{source}`` and ``{target}``, two folders; the files to copy are on its standard input, relative to the
        source, each ended by a zero byte.
    target
        ``host:/folder``.
    password_target
        Where the password file goes: ``host:/folder/name``.
    """

    staging: Folder
    command: str
    target: str
    password_target: str

    def write(self, plan: Plan, name: str) -> None:
        """Write a plan and copy it.

        Raises
        ------
        TreeError
            When something cannot be written or the command fails: what was copied before is right, or stricter.
        """
        self.staging.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.staging.password_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted = batches(plan, name, self.staging.passwords())
        folder, _, password_name = self.password_target.rpartition("/")
        with self.staging.prepared(wanted) as made:
            for files, batch in zip(wanted, made, strict=True):
                batch.replace()
                paths = [path for path, _ in files]
                if paths == [PASSWORDS]:
                    self._copy(self.staging.password_file.parent, folder, [password_name])
                else:
                    self._copy(self.staging.root, self.target, paths)

    def _copy(self, source: Path, target: str, paths: list[str]) -> None:
        try:
            command = [part.format(source=source, target=target) for part in shlex.split(self.command)]
            done = subprocess.run(
                command,
                input=b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths),
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, IndexError) as error:
            raise TreeError(f"cannot be called: {error}", place="acl.push_command") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise TreeError(
                f"the push command failed with status {done.returncode}: {said[-1] if said else 'it said nothing'}",
                place=target,
                remedy="try it by hand as the account that oivo runs as; the tree closes when its rules expire",
            )
