"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

OPENING: Final = """# Commands

Made from the commands of this version when these pages were built; `landing-lab COMMAND --help` says the same. Exit code 0: done; 1: a board, the disk or the network did not do what it should; 2: something typed or read cannot be used. Messages go to stderr, results to stdout; `--json` wherever a program may read.

"""  # noqa: E501


def commands_page() -> str:
    """The whole page as MyST Markdown: one section per command, in the order of `landing-lab --help`."""
    import typer

    from landing_lab.app.cli import app

    whole = typer.main.get_command(app)
    sections = [_section(command, context) for command, context in every_command(whole)]
    return OPENING + "\n".join(sections)


def every_command(whole: Any) -> Iterator[tuple[Any, Any]]:
    """Each command that does something, with the context it is called in."""
    import typer

    def below(command: Any, parent: Any, name: str) -> Iterator[tuple[Any, Any]]:
        context = typer.Context(command, parent=parent, info_name=name)
        children = getattr(command, "commands", {})
        if parent is not None and not getattr(command, "hidden", False):
            yield command, context
        for child_name, child in children.items():
            yield from below(child, context, child_name)

    yield from below(whole, None, "landing-lab")


def _section(command: Any, context: Any) -> str:
    depth = context.command_path.count(" ")
    prose, examples = _told(command.help or "")
    parts = [f"{'#' * (depth + 1)} {context.command_path}", prose]
    if not getattr(command, "commands", {}):
        usage = " ".join(command.get_usage(context).removeprefix("Usage:").split())
        parts.append(f"```text\n{usage}\n```")
    if examples:
        parts.append("```sh\n" + "\n".join(examples) + "\n```")
    rows = [_row(one, context) for one in command.params if not getattr(one, "hidden", False)]
    if rows:
        parts.append("| argument or option | what it does | default |\n|---|---|---|\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _told(text: str) -> tuple[str, list[str]]:
    """Prose of a help text, and its examples."""
    prose, examples = [], []
    for paragraph in re.split(r"\n\s*\n", text.replace("\b", "").strip()):
        told = paragraph.strip()
        if told.startswith("Example"):
            examples.append(" ".join(told.partition(":")[2].split()))
        else:
            prose.append(escaped(" ".join(told.split())))
    return "\n\n".join(prose), examples


def _row(parameter: Any, context: Any) -> str:
    record = parameter.get_help_record(context)
    names, told = record or (parameter.name, getattr(parameter, "help", "") or "")
    facts = re.findall(r"\[((?:default|required|env var|x?[<>=]|\d)[^\[\]]*)\]", told)
    for fact in facts:
        told = told.replace(f"[{fact}]", "")
    default = "; ".join(facts).replace("default: ", "").replace("required", "needed").strip()
    named = ", ".join(f"`{one.strip()}`".replace("|", "\\|") for one in re.split(r",\s+(?=-)", str(names)))
    return f"| {named} | {escaped(' '.join(told.split()))} | {escaped(default) or ' '} |"


def escaped(text: str) -> str:
    """Text for a cell of a table; code in single backticks stays code."""
    parts = re.split(r"(`[^`]*`)", text)
    kept = [one if one.startswith("`") else re.sub(r"([*_<>\[\]#$~])", r"\\\1", one) for one in parts]
    return "".join(kept).replace("|", "\\|")
