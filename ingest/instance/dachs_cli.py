"""DaCHS' own command line, run by this Python so that RDs can import ``ingest``.

``python -m ingest.instance.dachs_cli imp oidb/q ++ pub oidb/q`` runs two commands in one process:
each start of DaCHS costs 1.5 s. May import ``resdir.customise``, which changes DaCHS where it must be changed.
"""

import os
import sys
from itertools import groupby

from ingest.errors import OivoError
from ingest.instance.environment import check_environment


def _run_one(arguments: list[str]) -> int:
    from gavo.user import cli

    if arguments[:1] != ["init"]:  # it makes what anything else of DaCHS needs
        from resdir import customise

        customise.customise_any()
    sys.argv = ["dachs", *arguments]
    if arguments[:1] == ["serve"]:
        _customise_when_logging()
    try:
        cli.main()
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
            return 1
        return int(stop.code or 0)
    return 0


def _customise_when_logging() -> None:
    """Let ``resdir/customise.py`` do its work as soon as DaCHS has opened its logs.

    DaCHS has no hook for code of the site at server start; the one that it has for logs is the
    last thing that its command line does before it starts the server.
    """
    from gavo.user import logui

    class CustomisedLogging(logui.LoggingUI):  # type: ignore[misc]
        def __init__(self, events: object) -> None:
            super().__init__(events)
            from resdir.customise import customise_server

            customise_server()

    logui.LoggingUI = CustomisedLogging


def _run_apart(arguments: list[str]) -> int:
    """Run one of several commands in a fork: DaCHS keeps state, such as log handlers, between two."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = _run_one(arguments)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> int:
    """Run the commands in turn; stop at the first that fails."""
    try:
        check_environment()
    except OivoError as error:
        print(f"oivo: {error}", file=sys.stderr)
        return error.exit_status
    commands = [list(group) for parted, group in groupby(sys.argv[1:], "++".__eq__) if not parted]
    if len(commands) == 1:
        return _run_one(commands[0])
    import gavo.api  # noqa: F401 - loaded once, before the forks

    return next((status for command in commands if (status := _run_apart(command))), 0)


if __name__ == "__main__":
    sys.exit(main())
