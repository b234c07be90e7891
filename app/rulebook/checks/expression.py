"""The word ``expr``: one line of comparison for what no other word says, in a small closed language."""

from __future__ import annotations

import re
import threading

import rule_engine  # type: ignore[import-untyped]

from app.core.decision import Facts
from app.rulebook.checks.base import word
from app.rulebook.problems import Fault, Place
from app.rulebook.scope import Line, Miss, Scope, Test, Word
from app.rulebook.yaml_strict import Node

_LONGEST = 200
_DEEPEST = 10
_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<text>"[^"\\]*"|'[^'\\]*')"""
    r"""|(?P<sign>==|!=|<=|>=|\*\*|<|>|\+|-|\*|/|\(|\)|\[|\]|,))"""
)
_KEYWORDS = {"and", "or", "not", "in", "true", "false", "null"}
_TYPES = {
    "text": rule_engine.DataType.STRING,
    "money": rule_engine.DataType.FLOAT,
    "number": rule_engine.DataType.FLOAT,
    "yes_no": rule_engine.DataType.BOOLEAN,
    "list": rule_engine.DataType.ARRAY(rule_engine.DataType.STRING),
}
#: The parser is one object shared by all rules of the process.
_parsing = threading.Lock()


@word("expr")
def expr(argument: Node, scope: Scope) -> Test:
    """One line that is true or false: words, numbers, texts in quotes, and these signs.

    `== != < <= > >= + - * /`, `and or not`, `in [..]`, brackets, `true false null`. No functions, no patterns, at
    most 200 characters. An absent word is `null`; comparing it with `<` or `>` cannot be evaluated, and a
    deny rule then denies.

    ```yaml
    kind: commitment
    require: {expr: "amount <= 250000 or type == 'purchase_order'"}
    passes: {words: {amount: 300000.00, type: purchase_order}}
    fails: {words: {amount: 300000.00, type: subcontract}}
    ```
    """
    text = argument.text("`expr:`")
    used = _words(text, argument, scope)
    rule = _compiled(text, argument.place, used)
    getters = tuple((name, found.typed()) for name, found in used.items())

    def test(facts: Facts, line: Line) -> Miss | None:
        return None if rule.matches({name: get(facts, line) for name, get in getters}) else Miss()

    return test


def _words(text: str, node: Node, scope: Scope) -> dict[str, Word]:
    """The words an expression uses; every token is on the list or the expression is refused."""
    if len(text) > _LONGEST:
        raise Fault(node.place, f"The expression has {len(text)} characters; {_LONGEST} are allowed.")
    used: dict[str, Word] = {}
    position, depth, before = 0, 0, ""
    while position < len(text.rstrip()):
        token = _TOKEN.match(text, position)
        if token is None or token["sign"] == "**":
            rest = text[position:].strip()[:12]
            raise Fault(node.place, f"The expression cannot be read at '{rest}'.", "Only the listed signs are known.")
        position = token.end()
        sign = token["sign"] or ""
        depth += (sign in ("(", "[")) - (sign in (")", "]"))
        if depth > _DEEPEST:
            raise Fault(node.place, f"The expression nests brackets more than {_DEEPEST} deep.")
        if sign in ("(", "[") and before not in _KEYWORDS and re.match(r"[A-Za-z_\])]", before):
            raise Fault(node.place, f"'{before}{sign}' looks like a function or a part of a list; neither is known.")
        name = token["name"]
        if name and name not in _KEYWORDS:
            used[name] = scope.named(name, node, *_TYPES)
        before = name or sign or ""
    return used


def _compiled(text: str, place: Place, used: dict[str, Word]) -> rule_engine.Rule:
    types = {name: _TYPES[found.type] for name, found in used.items()}
    context = rule_engine.Context(type_resolver=rule_engine.type_resolver_from_dict(types))
    try:
        with _parsing:
            rule = rule_engine.Rule(text, context=context)
    except (rule_engine.EngineError, ArithmeticError, RecursionError) as error:
        reason = getattr(error, "message", "") or str(error)
        raise Fault(place, f"The expression cannot be read: {reason}.") from None
    if rule.statement.expression.result_type is not rule_engine.DataType.BOOLEAN:
        raise Fault(place, "The expression is not true or false.", 'Compare something, as in "amount > 0".')
    return rule
