"""The command line: one module a group of commands.

Ties everything together; nothing imports it. Every failure is one line that says what to do:
status 1 for bad input or a failed run, 2 for misuse, and a traceback only with ``--debug``.
"""

import sys
import traceback
from pathlib import Path

import click

from ingest import __version__
from ingest.cli.context import Context
from ingest.cli.instance import down, status, supervise, up
from ingest.cli.jobs import jobs
from ingest.cli.oidb import oidb
from ingest.cli.restore import restore
from ingest.errors import OivoError
from ingest.home import Home
from ingest.logs import log


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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


for command in (up, down, status, supervise, oidb, jobs, restore):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    try:
        sys.exit(cli.main(args=arguments, prog_name="oivo", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
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
        _complain(error)
        sys.exit(error.exit_status)
    except Exception as error:
        _report_defect(error)
        sys.exit(1)


def _report_defect(error: Exception) -> None:
    """Put an error that oivo did not foresee into one line; the rest goes to the log."""
    log.exception("unforeseen")
    if "--debug" in sys.argv[1:]:
        traceback.print_exc()
    said = " ".join(str(error).split())[:300]
    remedy = "a defect of oivo: call again with --debug and report it"
    click.echo(f"oivo: {type(error).__name__}: {said} ({remedy})", err=True)


def _complain(error: OivoError) -> None:
    if "--debug" in sys.argv[1:]:
        traceback.print_exc()
    click.echo(f"oivo: {error}", err=True)
