"""The manual in docs/ is the one the rules themselves write."""

from __future__ import annotations

from app.rulebook import load, manual
from app.rulebook.checks import VOCABULARY
from tests.rulebook.samples import ROOT, RULES


def test_the_manual_in_the_docs_is_up_to_date() -> None:
    written = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    assert manual.render(load.pack(RULES)) == written, "run `tieout rules manual > docs/reference/rules.md`"


def test_every_word_and_every_rule_has_its_place_in_the_manual() -> None:
    pack = load.pack(RULES)
    text = manual.render(pack)
    assert all(f"### `{word}`" in text for word in VOCABULARY)
    assert all(f"| `{rule.name}` |" in text for rule in pack.all_rules)
