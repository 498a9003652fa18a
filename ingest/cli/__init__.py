"""The command line: one module a group of commands.

Ties everything together; nothing imports it. Every failure is one line that says what to do:
status 1 for bad input or a failed run, 2 for misuse, and a traceback only with ``--debug``.
"""

import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ingest import __version__
from ingest.cli.context import Context, complain
from ingest.errors import OivoError
from ingest.home import Home
from ingest.logs import log

#: Commands and groups, and the modules that have them. Only the one that is called is imported: all of them together
#: take a second.
_MODULES = {
    "up": "instance",
    "down": "instance",
    "status": "instance",
    "supervise": "instance",
    "oidb": "oidb",
    "obsportal": "obsportal",
    "jmdc": "jmdc",
    "badcal": "badcal",
    "users": "users",
    "groups": "groups",
    "share": "share",
    "acl": "acl",
    "registry": "registry",
    "jobs": "jobs",
    "restore": "restore",
    "bench": "bench",
}


class _Commands(click.Group):
    """Imports commands when they are called, and shows the traceback of a failure where that is wanted.

    `main` says what a failure means.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _MODULES:
            return None
        module = import_module(f"ingest.cli.{_MODULES[name]}")
        return next(each for each in vars(module).values() if isinstance(each, click.Command) and each.name == name)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception:
            if context.params["debug"]:
                traceback.print_exc()
            raise


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="oivo")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="OIVO_HOME",
    help="Folder that holds the instance: settings, database, files, logs.  [default: var in the project]",
)
@click.option("--debug", is_flag=True, envvar="OIVO_DEBUG", help="Show tracebacks.")
@click.pass_context
def cli(context: click.Context, home: Path | None, debug: bool) -> None:
    """The Virtual Observatory server of optical interferometry.

    Start with `oivo up`; `oivo test` runs all checks and tests.
    """
    context.obj = Context(Home(home.absolute()) if home else Home.from_environment(), debug)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    try:
        sys.exit(cli.main(args=arguments, prog_name="oivo", standalone_mode=False) or 0)
    except click.ClickException as error:
        _explain(error)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("oivo: interrupted; call again to go on", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("oivo: interrupted; call again to go on", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OivoError as error:
        complain(error)
        sys.exit(error.exit_status)
    except Exception as error:
        _report_defect(error)
        sys.exit(1)


def _explain(error: click.ClickException) -> None:
    """Put click's complaint, which has four lines, into one; only the help of click >= 8.2 for no arguments stays."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    context = getattr(error, "ctx", None)
    complain(f"{error.format_message()} (see {context.command_path if context else 'oivo'} --help)")


def _report_defect(error: Exception) -> None:
    """Put an error that oivo did not foresee into one line; the rest goes to the log."""
    log.exception("unforeseen")
    complain(f"{type(error).__name__}: {str(error)[:300]} (a defect of oivo: call again with --debug and report it)")
