"""The rules in force, to read."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.admin.access import connection_id, needs_person, services
from app.items import registry
from app.rulebook.rule import Rule
from app.services import connections, rules_versions

pages = Blueprint("rules", __name__, url_prefix="/rules")


@pages.get("/")
@needs_person
def page() -> str:
    database, words = services().database, request.args.get("q", "").strip()
    pack = rules_versions.in_force(database, connections.get(database, connection_id()))
    groups = {
        kind: [rule for rule in pack.all_rules if rule.kind == kind and _says(rule, words.lower())]
        for kind in registry.kinds()
    }
    activations = rules_versions.history(database, connection_id())
    return render_template("rules.html", pack=pack, activations=activations, groups=groups, words=words)


def _says(rule: Rule, words: str) -> bool:
    return words in f"{rule.name} {rule.message.wording} {rule.fix.wording} {rule.source}".lower()
