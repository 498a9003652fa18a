"""Writes what of the documentation follows from the code: the command line, and the table of settings.

`.venv/bin/python -m tests.build_docs` writes; with `--check` it writes nothing, names what is out of
date and ends with status 1. `tests/unit/test_docs.py` checks the same.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ingest.cli import cli
from ingest.settings import SETTINGS

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"

_HEAD = """\
# The command line

Made from the commands themselves by `python -m tests.build_docs`; do not edit.

Every command works on one instance: the folder `var` of the project, or what `OIVO_HOME` or `--home` names. Failures
are one line on standard error; the exit status is 1 for bad input or a failed run, 2 for misuse, 130 after Ctrl-C.
"""


def commands(command: click.Command = cli, path: str = "oivo") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that users see, with its name in full."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            if not below.hidden:
                yield from commands(below, f"{path} {name}")


def command_line() -> str:
    """Return the page of the command line."""
    parts = [_HEAD]
    for path, command in commands():
        # the width is given, so that the page does not depend on the terminal of who makes it
        context = click.Context(command, info_name=path, terminal_width=100, **cli.context_settings)
        parts.append(f"\n## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "".join(parts)


def settings_table() -> str:
    """Return the table of settings in Markdown."""
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default != "" else '`""`'
        rows.append(f"| `{setting.key}` | {default} | {setting.help.replace('|', chr(92) + '|')} |")
    return "\n".join(rows)


def pages() -> dict[Path, str]:
    """Return what the pages should be, by their paths."""
    operator = DOCS / "operator.md"
    before, _, rest = operator.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return {
        DOCS / "cli.md": command_line(),
        operator: f"{before}{BEGIN}\n{settings_table()}\n{END}{after}",
    }


def outdated() -> list[Path]:
    """Return the pages that are not what they should be."""
    return [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write or check; return the exit status."""
    if sys.argv[1:] == ["--check"]:
        for path in outdated():
            print(f"{path}: out of date (run: python -m tests.build_docs)", file=sys.stderr)
        return int(bool(outdated()))
    if sys.argv[1:]:
        print("usage: python -m tests.build_docs [--check]", file=sys.stderr)
        return 2
    for path in outdated():
        path.write_text(pages()[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
