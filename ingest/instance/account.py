"""Who runs the servers: never root.

May import ``ingest.home`` and ``ingest.errors``.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from ingest.errors import OivoError
from ingest.home import PROJECT, Home

#: System account that servers run as when oivo is started as root. PostgreSQL refuses to be root.
ACCOUNT = "oivo"


class AccountError(OivoError):
    """The unprivileged account cannot be made or cannot do its work."""


def ensure_account() -> pwd.struct_passwd:
    """Return the account that servers run as, making it where there is none; only root can.

    Raises
    ------
    AccountError
        When it cannot be made.
    """
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AccountError(f"cannot make the account {ACCOUNT}: {done.stderr.strip()}", remedy=" ".join(command))
    return pwd.getpwnam(ACCOUNT)


def reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether the account may read a folder, asked of the kernel in a child process."""
    done = subprocess.run(
        [shutil.which("test") or "/usr/bin/test", "-r", str(path), "-a", "-x", str(path)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return done.returncode == 0


def _hand_over(home: Home, account: pwd.struct_passwd) -> None:
    """Make the home, or take an empty one, for the account."""
    home.root.mkdir(mode=0o755, parents=True, exist_ok=True)
    if home.root.stat().st_uid == account.pw_uid:
        return
    if any(home.root.iterdir()):
        raise AccountError(
            "was made by another user than the one that servers run as",
            place=str(home.root),
            remedy=f"chown -R {account.pw_name}: {home.root}, or start oivo as that user",
        )
    os.chown(home.root, account.pw_uid, account.pw_gid)


def drop_privileges(home: Home) -> None:
    """Stop being root, for good: become the home's owner, the account ``oivo`` for a new home.

    Does nothing for other users. Input files must then be readable to that account.

    Raises
    ------
    AccountError
        When the account cannot be made, or may not read the project or own the home.
    """
    if os.geteuid() != 0:
        return
    if home.exists() and home.owner.pw_uid != 0:
        account = home.owner
    else:
        account = ensure_account()
        _hand_over(home, account)
    for folder in (PROJECT, home.root):
        if not reachable(folder, account):
            raise AccountError(
                f"the account {account.pw_name}, which servers run as, cannot get into it",
                place=str(folder),
                remedy="move it to a place like /srv, or open the folders above it (chmod o+x)",
            )
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ.update(HOME=str(home.root), USER=account.pw_name, LOGNAME=account.pw_name)
    os.umask(0o022)
