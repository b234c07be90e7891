"""The reference pages that are made from the code, so that they cannot tell another story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app import settings
from app.core.tags import Tag
from app.items import registry
from app.items.base import BOTH, EXPORT, IMPORT, Input, ItemType
from app.services import settings as declared
from state_machines.conversation import CONVERSATION
from state_machines.item import ITEM
from state_machines.message_set import MESSAGE_SET, REQUEST
from state_machines.operation import OPERATION
from state_machines.staging import STAGED

_NOTE = "This page is made from the code by `tieout reference`; do not edit it.\n"

_TABLES = (
    (ITEM, "One Procore record under accounting control. `synced` shows that QuickBooks holds it."),
    (OPERATION, "One thing to finish in QuickBooks: an approved document or a refresh."),
    (REQUEST, "One qbXML request of an operation. `unknown` is shown to people as “Checking QuickBooks”."),
    (MESSAGE_SET, "The requests that leave together in one sendRequestXML, kept byte for byte."),
    (CONVERSATION, "One run of the Web Connector, from authenticate to closeConnection."),
    (STAGED, "One record QuickBooks has offered."),
)

_ARROWS = {EXPORT: "Procore → QuickBooks", IMPORT: "QuickBooks → Procore", BOTH: "Procore ↔ QuickBooks"}


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {
        "audit-tags.md": _page(_audit_tags()),
        "commands.md": _page(_commands()),
        "data-mapping.md": _page(_data_mapping()),
        "settings.md": _page(_settings()),
        "state-machines.md": _page(_state_machines()),
    }


def write(folder: Path) -> list[str]:
    """Write every page into a folder; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages().items():
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
    return list(pages())


def _page(parts: Iterator[str]) -> str:
    return "\n".join(parts).rstrip() + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)]) + "\n"


# -- data mapping --------------------------------------------------------------------------------------------------


def _data_mapping() -> Iterator[str]:
    yield "# Data mapping\n"
    yield _NOTE
    yield "Which record and which field of Procore becomes what in QuickBooks.\n"
    kinds = registry.kinds().values()
    head = ("Kind", "In Procore", "In QuickBooks", "Direction")
    yield _table(head, [(f"`{kind.kind}`", kind.label, kind.quickbooks, _ARROWS[kind.direction]) for kind in kinds])
    for kind in kinds:
        yield from _kind(kind)
    yield "## Lists read from QuickBooks\n"
    yield "A refresh asks QuickBooks for a whole list; nothing is written.\n"
    yield _table(("Refresh", "What it reads"), [(f"`{one.name}`", one.label) for one in registry.refreshes().values()])


def _kind(kind: ItemType) -> Iterator[str]:
    yield f"## {kind.label} (`{kind.kind}`)\n"
    yield f"{(type(kind).__doc__ or '').strip()}\n"
    yield f"Where to find it: {kind.places}.\n"
    rows = [(field.label, f"`{field.procore}`", field.quickbooks, field.note) for field in kind.fields]
    yield _table(("Procore", "Field", "QuickBooks", "Note"), rows)
    if kind.inputs:
        yield "What the approver may fill in:\n"
        yield _table(("Input", "Label", "At most", "Help"), [_input(one) for one in kind.inputs])
    if kind.settings:
        yield f"Settings it reads: {', '.join(f'`{name}`' for name in kind.settings)}.\n"


def _input(one: Input) -> tuple[str, str, str, str]:
    offered = "one of: " + ", ".join(label for _, label in one.choices) if one.choices else ""
    accounts = "an account of type " + ", ".join(one.account_types) if one.account_types else ""
    most = f"{one.max_length} characters" if one.max_length else ""
    return f"`{one.name}`", one.label, most, one.help or offered or accounts


# -- state machines ------------------------------------------------------------------------------------------------


def _state_machines() -> Iterator[str]:
    yield "# State machines\n"
    yield _NOTE
    yield "The arrows are the rows of the tables in `state_machines/`. A move that is not drawn is refused.\n"
    for table, meaning in _TABLES:
        yield f"## {table.name.capitalize()}\n"
        yield f"{meaning}\n"
        yield f"```mermaid\n{table.mermaid()}```\n"


# -- settings ------------------------------------------------------------------------------------------------------


def _settings() -> Iterator[str]:
    yield "# Settings\n"
    yield _NOTE
    yield "## Of the service\n"
    yield "Environment variables, read at start. `tieout doctor` prints what is in force, with secrets masked.\n"
    rows = [(f"`{one.name}`", one.help, "yes" if one.secret else "") for one in settings.ALL]
    yield _table(("Variable", "Meaning", "Secret"), rows)
    yield "## Of a connection\n"
    yield "Kept in the database; each change is in the audit trail with the value before and after.\n"
    defaults = [(f"`{one.name}`", one.help, _possible(one), _default(one.default)) for one in declared.ALL]
    yield _table(("Setting", "Meaning", "May be", "At first"), defaults)


def _possible(setting: declared.Setting) -> str:
    return ", ".join(f"`{value}`" for value, _ in setting.choices) or setting.form.replace("yes_no", "on or off")


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "not set" if value is None else f"`{value}`"


# -- audit tags ----------------------------------------------------------------------------------------------------


def _audit_tags() -> Iterator[str]:
    yield "# Audit tags\n"
    yield _NOTE
    yield "Every event carries one tag: who or what it came from, what it is about, and what happened.\n"
    rows = []
    for tag in sorted(Tag):
        source, subject, what = (part.replace("_", " ") for part in tag.split(":"))
        rows.append((f"`{tag}`", source, subject, what))
    yield _table(("Tag", "From", "About", "What happened"), rows)


# -- commands ------------------------------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    from app.cli.main import commands  # noqa: PLC0415  # the command line imports this module

    yield "# Commands\n"
    yield _NOTE
    yield f"{_help(commands)}\n"
    for name in sorted(commands.commands):
        yield from _command(commands.commands[name], f"tieout {name}")


def _command(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _command(command.commands[name], f"{path} {name}")
        return
    context = click.Context(command, info_name=path)
    yield f"## `{path}`\n"
    yield f"{_help(command)}\n"
    yield f"```text\n{' '.join([path, *command.collect_usage_pieces(context)])}\n```\n"
    records = [one.get_help_record(context) for one in command.params if isinstance(one, click.Option)]
    if rows := [(f"`{names}`", meaning) for names, meaning in filter(None, records)]:
        yield _table(("Option", "Meaning"), rows)


def _help(command: click.Command) -> str:
    return " ".join((command.help or "").split())
