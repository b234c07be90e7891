"""Reading a folder of rule files into one pack: all of it, or every problem in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.core.text import canonical, digest
from app.rulebook import cycles, permissions_file, refusals, schema
from app.rulebook.permissions import Policy
from app.rulebook.problems import Fault, Place, Problem, RuleErrors, suggest
from app.rulebook.refusals import Refused
from app.rulebook.rule import Pack, Rule
from app.rulebook.words import Vocabulary
from app.rulebook.yaml_strict import Node, parse

#: Tables of the same folder: two are read here, the others by the rooms they concern; here only their YAML is checked.
TABLES = (permissions_file.FILE, refusals.FILE, "quickbooks_status.yaml", "web_connector.yaml")
EXAMPLES = "tests/"
#: A connection's own rules: a rule or example here replaces the shipped one of the same name.
OVERLAY = "overlay/"


def pack(source: Path | Mapping[str, str]) -> Pack:
    """The rules in a folder, or in texts by file name; raises RuleErrors with all problems."""
    files = {name: text.replace("\r\n", "\n") for name, text in sorted(_texts(source).items())}
    problems: list[Problem] = []
    roots, tables = _roots(files, problems)
    vocabularies = _vocabularies(roots, problems)
    rules = _rules(roots, vocabularies, problems)
    policy, refused = _policy(tables, roots, problems), _refused(tables, problems)
    if not problems:
        problems += cycles.problems(rules)
    if not rules and not problems:
        problems.append(Problem(Place("rules"), "There is no rule here.", "Look at the folder that was given."))
    if problems:
        raise RuleErrors(problems=sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column)))
    return Pack(digest(canonical(files)), files, vocabularies, tuple(rules), policy, refused)


def is_example(name: str) -> bool:
    """Whether a file of the pack holds examples."""
    return name.removeprefix(OVERLAY).startswith(EXAMPLES)


def _texts(source: Path | Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(source, Path):
        return {
            path.relative_to(source).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(source.rglob("*.yaml"))
        }
    return source


def _roots(files: Mapping[str, str], problems: list[Problem]) -> tuple[dict[str, Node], dict[str, Node]]:
    """The rule files as nodes, shipped ones first; and the tables."""
    roots: dict[str, Node] = {}
    tables: dict[str, Node] = {}
    for name in sorted(files, key=lambda name: (name.startswith(OVERLAY), name)):
        if is_example(name):
            continue
        try:
            root = parse(files[name], name)
        except Fault as fault:
            problems.append(fault.problem)
            continue
        (tables if name in TABLES else roots)[name] = root
    return roots, tables


def _policy(tables: Mapping[str, Node], roots: Mapping[str, Node], problems: list[Problem]) -> Policy | None:
    """The permissions, with what kinds say of themselves."""
    if permissions_file.FILE not in tables:
        return None
    own = {
        str(root.value["kind"].value): root.value["permissions"]
        for root in roots.values()
        if isinstance(root.value, dict) and {"kind", "permissions"} <= root.value.keys()
    }
    try:
        return permissions_file.policy(tables[permissions_file.FILE], own)
    except Fault as fault:
        problems.append(fault.problem)
        return None


def _refused(tables: Mapping[str, Node], problems: list[Problem]) -> dict[str, Refused] | None:
    """The catalogue of what is not supported."""
    if refusals.FILE not in tables:
        return None
    try:
        return refusals.catalogue(tables[refusals.FILE])
    except Fault as fault:
        problems.append(fault.problem)
        return None


def _vocabularies(roots: Mapping[str, Node], problems: list[Problem]) -> dict[str, Vocabulary]:
    """What each kind's shipped file declares; an overlay uses it and declares nothing."""
    found: dict[str, Vocabulary] = {}
    for name, root in roots.items():
        try:
            words = schema.vocabulary(root)
            if name.startswith(OVERLAY):
                _check_overlay(root, words, found)
            elif words.kind in found:
                raise Fault(root.at("kind"), f"The kind '{words.kind}' has a file already.")
            else:
                found[words.kind] = words
        except Fault as fault:
            problems.append(fault.problem)
    for root in roots.values():
        problems += _unknown_kinds(root, found)
    return found


def _check_overlay(root: Node, words: Vocabulary, known: Mapping[str, Vocabulary]) -> None:
    if words.kind not in known:
        raise Fault(root.at("kind"), f"'{words.kind}' is not a kind.", suggest(words.kind, known))
    for key in ("words", "lines", "links", "settings", "permissions"):
        if key in root.mapping("An overlay"):
            raise Fault(root.at(key), f"An overlay uses the words of its kind; it cannot declare `{key}:`.")


def _unknown_kinds(root: Node, known: Mapping[str, Vocabulary]) -> list[Problem]:
    links = root.value.get("links") if isinstance(root.value, dict) else None
    if links is None or not isinstance(links.value, dict):
        return []
    return [
        Problem(node.place, f"'{node.value}' is not a kind.", suggest(str(node.value), known))
        for node in links.value.values()
        if node.value not in known
    ]


def _rules(roots: Mapping[str, Node], known: Mapping[str, Vocabulary], problems: list[Problem]) -> list[Rule]:
    found: dict[str, Rule] = {}
    for name, root in roots.items():
        kind = root.value.get("kind") if isinstance(root.value, dict) else None
        words = known.get(str(kind.value)) if kind is not None else None
        if words is None or "rules" not in root.mapping(name):
            continue
        for rule in schema.rules(root, words, problems):
            before = found.get(rule.name)
            replaces = before is not None and name.startswith(OVERLAY) and not before.file.startswith(OVERLAY)
            if before is None or (replaces and before.kind == rule.kind):
                found[rule.name] = rule
            else:
                problems.append(Problem(rule.place, f"The name '{rule.name}' is taken by the rule at {before.place}."))
    return list(found.values())
