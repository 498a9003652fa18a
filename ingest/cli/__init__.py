"""The command line: one module a group of commands.

Ties everything together; nothing imports it. Every failure is one line that says what to do:
status 1 for bad input or a failed run, 2 for misuse, and a traceback only with ``--debug``.
"""

import sys
import traceback
from pathlib import Path
from typing import Any

import click

from ingest import __version__
from ingest.cli.acl import acl
from ingest.cli.badcal import badcal
from ingest.cli.bench import bench
from ingest.cli.context import Context, complain
from ingest.cli.groups import groups
from ingest.cli.instance import down, status, supervise, up
from ingest.cli.jmdc import jmdc
from ingest.cli.jobs import jobs
from ingest.cli.obsportal import obsportal
from ingest.cli.oidb import oidb
from ingest.cli.registry import registry
from ingest.cli.restore import restore
from ingest.cli.share import shares
from ingest.cli.users import users
from ingest.errors import OivoError
from ingest.home import Home
from ingest.logs import log


class _Commands(click.Group):
    """Shows the traceback of a failure where that is wanted; `main` says what it means."""

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


for command in (
    up,
    down,
    status,
    supervise,
    oidb,
    obsportal,
    jmdc,
    badcal,
    users,
    groups,
    shares,
    acl,
    registry,
    jobs,
    restore,
    bench,
):
    cli.add_command(command)


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
