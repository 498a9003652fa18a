"""Writes what of the documentation follows from the code: the command line, the tables of settings and of rules.

`.venv-test/bin/python -m tests.build_docs` writes; with `--check` it writes nothing, names what is out of
date and ends with status 1. `tests/unit/test_docs.py` checks the same.
"""

import inspect
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
    # Not click's own help: its wording and wrapping change from version to version.
    return _HEAD + "".join(f"\n## {path}\n\n{_command(path, command)}" for path, command in commands())


def _command(path: str, command: click.Command) -> str:
    """Return what is said of one command: how it is called, what it does, its options or what is below it."""
    arguments = [_argument(parameter) for parameter in command.params if isinstance(parameter, click.Argument)]
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    below = ["COMMAND"] if isinstance(command, click.Group) else []
    parts = [f"`{' '.join([path, *(['[OPTIONS]'] if options else []), *arguments, *below])}`"]
    parts += [" ".join(text.split()) for text in inspect.cleandoc(command.help or "").split("\n\n")]
    if options:
        parts.append("\n".join(["| option | what it is |", "|---|---|", *map(_option, options)]))
    if isinstance(command, click.Group):
        context = click.Context(command)
        names = [name for name in sorted(command.list_commands(context)) if not _get(command, name).hidden]
        rows = [
            f"| [`{name}`](#{path}-{name}) | {_cell(_first_line(_get(command, name)))} |".replace("#oivo ", "#oivo-")
            for name in names
        ]
        parts.append("\n".join(["| command | what it does |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _get(group: click.Group, name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None, name
    return command


def _first_line(command: click.Command) -> str:
    return " ".join(inspect.cleandoc(command.help or "").split("\n\n")[0].split())


def _argument(argument: click.Argument) -> str:
    text = f"{_value(argument)}{'...' if argument.nargs != 1 else ''}"
    return text if argument.required else f"[{text}]"


def _value(parameter: click.Parameter) -> str:
    """Return how the value of an option or argument is called."""
    if parameter.metavar:
        return parameter.metavar
    if isinstance(parameter.type, click.Choice):
        return f"[{'|'.join(map(str, parameter.type.choices))}]"
    if isinstance(parameter, click.Argument):
        return str(parameter.name).upper()
    return parameter.type.name.upper().removesuffix(" RANGE")


def _option(option: click.Option) -> str:
    names = f"`{', '.join(option.opts)}`" + (
        f" / `{', '.join(option.secondary_opts)}`" if option.secondary_opts else ""
    )
    value = "" if option.is_flag or option.count else f" `{_cell(_value(option))}`"
    remarks = ["required"] if option.required else []
    remarks += ["may be repeated"] if option.multiple else []
    if option.show_default and isinstance(option.default, str | int | float) and not option.is_flag:
        remarks.append(f"default: {option.default}")
    text = " ".join((option.help or "").split())
    remark = f" ({', '.join(remarks)})" if remarks else ""
    return f"| {names}{value} | {_cell(text)}{remark} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


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
