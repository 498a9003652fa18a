"""Writes what of the documentation follows from the code: the command line, the tables of settings and of rules.

`.venv/bin/python -m tests.build_docs` writes; with `--check` it writes nothing, names what is out of
date and ends with status 1. `tests/unit/test_docs.py` checks the same.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ingest.cli import cli
from ingest.oifits.check.rules import Override, Rule, load_rules
from ingest.settings import SETTINGS

DOCS = Path(__file__).resolve().parent.parent / "docs"

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
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
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


def rules_table() -> str:
    """Return the table of the checker's rules in Markdown."""
    rows = [
        "| rule | whose | OIFITS | severity | what must hold; what a breach means; repair |",
        "|---|---|---|---|---|",
    ]
    for rule in load_rules().values():
        versions = ", ".join(map(str, rule.versions))
        text = f"**{rule.asks}.** {rule.explains} *{rule.repair}*{_follows(rule)}"
        rows.append(f"| `{rule.name}` | {rule.source} {rule.paragraph} | {versions} | {_severities(rule)} | {text} |")
    return "\n".join(rows)


def _follows(rule: Rule) -> str:
    return f" Follows from {', '.join(f'`{name}`' for name in rule.implied_by)}." if rule.implied_by else ""


def _severities(rule: Rule) -> str:
    """The severity and its exceptions, of which those that only repeat it for another profile are left out."""
    others = [_exception(other) for other in rule.exceptions if other.severity is not rule.severity]
    return "; ".join([rule.severity.name, *others])


def _exception(other: Override) -> str:
    severity = "not reported" if other.severity is None else other.severity.name
    places = " of ".join(filter(None, [", ".join(other.members).replace("*", "…"), ", ".join(other.tables)]))
    of = " ".join(filter(None, [other.profile and f"in `{other.profile}`", places and f"for {places}"]))
    case = f" when {other.case}" if other.case else ""
    return f"{severity} {of}{case}{f' ({other.why})' if other.why else ''}"


def pages() -> dict[Path, str]:
    """Return what the pages should be, by their paths."""
    return {
        DOCS / "cli.md": command_line(),
        DOCS / "operator.md": _filled(DOCS / "operator.md", "settings", settings_table()),
        DOCS / "validator.md": _filled(DOCS / "validator.md", "rules", rules_table()),
    }


def _filled(page: Path, name: str, text: str) -> str:
    """Return a page with text between the two comments of that name."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


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
