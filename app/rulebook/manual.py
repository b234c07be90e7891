"""The manual of the rules in Markdown: a page for each word, and a table of what is in force."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping

from app.rulebook.checks import VOCABULARY
from app.rulebook.rule import Pack, Rule
from app.rulebook.schema import EFFECTS, REASONS, TRIGGERS
from app.rulebook.words import COMMON, HOST, SETTINGS, Vocabulary

_INTRODUCTION = f"""# Rules

This page is made from the rules themselves (`tieout rules manual`); do not edit it.

A rule guards a move of an item. It looks at the item's words, and when it is not content it leaves a finding:
what happened, and what to do. All rules that guard a move are asked, and all findings are shown.

```yaml
- name: commitment-company-synced          # unique; small letters, digits and hyphens
  before: queue                            # the move it guards, or a list: {", ".join(TRIGGERS)}
  when: {{equals: {{type: subcontract}}}}      # optional: for which items
  each: lines                              # optional: ask it of every line, and name the line
  require: {{synced: company}}               # one word of the vocabulary below
  reason: dependency                       # {", ".join(REASONS)}
  effect: deny                             # {", ".join(EFFECTS)}
  message: "{{company}} is not in QuickBooks yet."
  fix: "Accept {{company}} under Companies; this commitment follows by itself."
  source: "Things to Know"                 # who says so
  since: 2025-01-01                        # since when
  field: company                           # optional: the field of the form it is about
  setting: income_account                  # optional: the setting it is about
```

* `deny` stops the move, `warn` asks for a second look, `audit` is only written down: a new rule can begin as `audit`.
* A rule before `queue` does not stand in the way of approval: the item is accepted, says what it waits for, and goes
  by itself. All rules before `queue` are asked once more when the item is about to leave.
* A rule that cannot be evaluated leaves a finding with the reason `error`; if its effect is `deny`, it denies.
* In a message every word may stand in braces, and `{{value}}`, `{{limit}}`, `{{count}}` of the check; with
  `each: lines` also `{{line}}`. Where the grammar differs, a message has two forms: `{{one: …, many: …}}`.
* Texts that look like numbers (`012`, `1e3`) stay texts, `yes` and `on` are texts, only `true` and `false` are not.
* Two things no rule can do: approve an item, or let out what the program itself holds back.
* Each file declares the words of its kind. `tests/` holds the examples: each rule must be seen speaking and silent.
* Files under `overlay/` belong to one connection; a rule there replaces the shipped one of the same name.
"""

_EXAMPLES = "Below each word: a check, facts that pass and facts that fail.\n"


def render(pack: Pack) -> str:
    """The whole manual for one pack."""
    parts = [_INTRODUCTION, "## The vocabulary\n", _EXAMPLES, *_pages(), "## Words of every kind\n", *_common()]
    for kind in sorted(pack.vocabularies):
        rules = [rule for rule in pack.all_rules if rule.kind == kind]
        parts += [f"## {_title(kind)}\n", *_words(pack.vocabularies[kind]), *_rules(rules)]
    return "\n".join(parts).rstrip() + "\n"


def page(word: str) -> str:
    """The page of one word of the vocabulary."""
    return f"### `{word}`\n\n{inspect.cleandoc(VOCABULARY[word].__doc__ or '')}\n"


def _pages() -> Iterator[str]:
    yield from (page(word) for word in sorted(VOCABULARY))


def _common() -> Iterator[str]:
    yield _list("Item", COMMON)
    yield _list("QuickBooks, once a session has told", {name: kind for name, (_, kind) in HOST.items()})
    yield _list("Settings", SETTINGS) + "\n"


def _words(vocabulary: Vocabulary) -> Iterator[str]:
    yield _list("Words", vocabulary.words)
    if vocabulary.lines:
        yield _list("Words of a line", vocabulary.lines)
    if vocabulary.links:
        yield f"* Links: {', '.join(f'`{name}`' for name in vocabulary.links)}"
    if vocabulary.settings:
        yield _list("Settings", vocabulary.settings)
    yield ""


def _list(title: str, words: Mapping[str, str]) -> str:
    return f"* {title}: {', '.join(f'`{name}` ({kind})' for name, kind in words.items())}"


def _rules(rules: Iterable[Rule]) -> Iterator[str]:
    yield "| Rule | Before | Effect | What it says | Source |\n|---|---|---|---|---|"
    for rule in rules:
        cells = (f"`{rule.name}`", ", ".join(rule.before), rule.effect, rule.message.wording, rule.source)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _title(kind: str) -> str:
    return kind.replace("_", " ").capitalize()
