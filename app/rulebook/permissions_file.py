"""The form of permissions.yaml, and of `permissions:` in a rule file: reads their nodes into a policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.rulebook.access import LEVELS, Access, AllOf, AnyOf, Extra, Privilege, ToolLevel, ToolName
from app.rulebook.keys import check_keys
from app.rulebook.permissions import EXTRA, YES, Bundle, Condition, Grant, Policy, Row
from app.rulebook.problems import Fault, suggest
from app.rulebook.yaml_strict import Node

FILE = "permissions.yaml"
#: In a row: the tool where the item is located.
ITS_OWN = "its_own"

_FILE_KEYS = ("profiles", "privileges", "rights", "tools", "bundles", "rows")
_CONDITION_KEYS = (*LEVELS, "extra", "without_level")
_ROW_KEYS = ("row", "requirement", "action", "note", "refuse", "gate", "acts", "of", "grants", *_CONDITION_KEYS)


def policy(root: Node, kinds: Mapping[str, Node]) -> Policy:
    """The policy of permissions.yaml, with the rows kinds bring in their own files."""
    check_keys(root, _FILE_KEYS, _FILE_KEYS, "permissions.yaml")
    parts = root.mapping("permissions.yaml")
    tools, located = _tools(parts["tools"])
    words = _Words(
        profiles={
            name: _of(node, ("label",), "a profile")["label"].text("`label:`")
            for name, node in parts["profiles"].mapping("`profiles:`").items()
        },
        privileges=_labels(parts["privileges"], "`privileges:`"),
        rights=_labels(parts["rights"], "`rights:`"),
        tools=tools,
    )
    rows = [words.row(node) for node in parts["rows"].sequence("`rows:`")]
    for kind, node in kinds.items():
        own = _of(node, ("tool", "rows"), "`permissions:`", needed=())
        if "tool" in own:
            located[kind] = words.tool(own["tool"])
        rows += [words.row(row, kind) for row in own["rows"].sequence("`rows:`")] if "rows" in own else []
    _each_name_once(rows, root)
    bundles = {name: words.bundle(name, node) for name, node in parts["bundles"].mapping("`bundles:`").items()}
    return Policy(tuple(rows), words.profiles, words.privileges, words.rights, words.tools, located, bundles)


def _each_name_once(rows: Sequence[Row], root: Node) -> None:
    names = [row.name for row in rows]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Fault(root.at("rows"), f"The row '{twice}' stands in the permissions twice.")


@dataclass(frozen=True)
class _Words:
    """The names a row may use."""

    profiles: Mapping[str, str]
    privileges: Mapping[str, str]
    rights: Mapping[str, str]
    tools: Mapping[str, ToolName]

    def row(self, node: Node, kind: str = "") -> Row:
        check_keys(node, (*_ROW_KEYS, *self.profiles), ("row", "action"), "a row")
        parts = node.mapping("A row")
        grants = parts["grants"].sequence("`grants:`") if "grants" in parts else [node] if "acts" in parts else []
        return Row(
            name=parts["row"].text("`row:`"),
            file=node.place.file,
            action=parts["action"].text("`action:`"),
            requirement=_text(parts, "requirement"),
            conditions=self._conditions(node),
            grants=tuple(self._grant(grant, kind) for grant in grants),
            note=_text(parts, "note"),
            refuse=_text(parts, "refuse"),
            gate=_text(parts, "gate"),
        )

    def _grant(self, node: Node, kind: str) -> Grant:
        parts = node.mapping("A grant")
        if "acts" not in parts:
            raise Fault(node.place, "A grant needs `acts:`.")
        acts = tuple(part.text("An act") for part in parts["acts"].sequence("`acts:`"))
        return Grant(acts, _text(parts, "of") or kind, self._conditions(node))

    def _conditions(self, node: Node) -> dict[str, Condition]:
        """The condition in each profile: as it stands, but for what a profile says otherwise."""
        parts = node.mapping("A row")
        base = {key: parts[key] for key in _CONDITION_KEYS if key in parts}
        found = {}
        for profile in self.profiles:
            own = _of(parts[profile], _CONDITION_KEYS, "a profile's part", needed=()) if profile in parts else {}
            found[profile] = self._condition({**base, **own})
        return found

    def _condition(self, parts: Mapping[str, Node]) -> Condition:
        marks = {level: _one_of(parts[level], (YES, EXTRA), "A level") for level in LEVELS if level in parts}
        extra = self._extra(parts["extra"]) if "extra" in parts else None
        without = "without_level" in parts and parts["without_level"].value is True
        return Condition(marks, extra, without)

    def _extra(self, node: Node) -> Extra:
        parts = node.mapping("`extra:`")
        match list(parts):
            case ["privilege"]:
                name = _one_of(parts["privilege"], self.privileges, "`privilege:`")
                return Privilege(name, self.privileges[name])
            case ["tool", "level"] | ["level", "tool"]:
                level = _one_of(parts["level"], LEVELS, "`level:`")
                return ToolLevel(level, None if parts["tool"].value == ITS_OWN else self.tool(parts["tool"]))
            case ["all_of"]:
                return AllOf(tuple(self._extra(part) for part in parts["all_of"].sequence("`all_of:`")))
            case ["any_of"]:
                return AnyOf(tuple(self._extra(part) for part in parts["any_of"].sequence("`any_of:`")))
        raise Fault(node.place, "`extra:` takes `privilege:`, `tool:` with `level:`, `all_of:` or `any_of:`.")

    def tool(self, node: Node) -> ToolName:
        """The tool a row names."""
        return self.tools[_one_of(node, self.tools, "`tool:`")]

    def bundle(self, name: str, node: Node) -> Bundle:
        parts = _of(node, ("label", "level", "privileges", "tools", "rights"), "a bundle", needed=("label", "level"))
        tools = parts["tools"].mapping("`tools:`") if "tools" in parts else {}
        for tool in tools:
            if tool not in self.tools:
                raise Fault(parts["tools"].at(tool), f"'{tool}' is not a tool.", suggest(tool, self.tools))
        access = Access(
            _one_of(parts["level"], LEVELS, "`level:`"),
            frozenset(_several(parts.get("privileges"), self.privileges, "A privilege")),
            {tool: _one_of(level, LEVELS, "The level of a tool") for tool, level in tools.items()},
            frozenset(_several(parts.get("rights"), self.rights, "A right")),
        )
        return Bundle(name, parts["label"].text("`label:`"), access)


def _tools(node: Node) -> tuple[dict[str, ToolName], dict[str, ToolName]]:
    tools: dict[str, ToolName] = {}
    located: dict[str, ToolName] = {}
    for name, entry in node.mapping("`tools:`").items():
        parts = _of(entry, ("label", "kinds"), "a tool", needed=("label",))
        tools[name] = ToolName(name, parts["label"].text("`label:`"))
        for kind in parts["kinds"].sequence("`kinds:`") if "kinds" in parts else ():
            located[kind.text("A kind")] = tools[name]
    return tools, located


def _labels(node: Node, what: str) -> dict[str, str]:
    return {name: part.text("A label") for name, part in node.mapping(what).items()}


def _of(node: Node, known: Iterable[str], what: str, needed: Iterable[str] | None = None) -> dict[str, Node]:
    check_keys(node, known, known if needed is None else needed, what)
    return node.mapping(what)


def _text(parts: Mapping[str, Node], key: str) -> str:
    return parts[key].text(f"`{key}:`").strip() if key in parts else ""


def _one_of(node: Node, known: Iterable[str], what: str) -> str:
    value = node.text(what)
    if value not in known:
        raise Fault(node.place, f"'{value}' is not possible in {what}.", suggest(value, known))
    return value


def _several(node: Node | None, known: Iterable[str], what: str) -> list[str]:
    return [_one_of(part, known, what) for part in node.sequence(what)] if node else []
