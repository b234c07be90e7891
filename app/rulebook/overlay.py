"""The files of a pack as somebody picks one to edit, those of the overlay that are not there yet among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.core.errors import Refusal
from app.rulebook.load import EXAMPLES, OVERLAY, TABLES

#: A file, in the pack or in the overlay, of rules or of examples.
_NAME = re.compile(r"(overlay/)?(tests/)?[a-z0-9_]+\.yaml")
#: The largest file anybody needs, many times over.
MOST_CHARACTERS = 256 * 1024
#: A list of examples begins so; what stands above is what all of them have in common.
_FIRST = "\nexamples:"

SHIPPED, TESTED, OWN, BESIDE = "Rules", "Examples", "Your own rules (overlay)", "Beside the rules"


def groups(files: Iterable[str], kinds: Iterable[str]) -> dict[str, list[str]]:
    """The names of all files there are or may be, by what they hold."""
    own = [f"{OVERLAY}{folder}{kind}.yaml" for kind in kinds for folder in ("", EXAMPLES)]
    found: dict[str, list[str]] = {OWN: own, SHIPPED: [], TESTED: [], BESIDE: []}
    for name in sorted(files):
        if name not in own:
            found[_group(name)].append(name)
    return found


def text(files: Mapping[str, str], name: str) -> str:
    """What a file says; one of the overlay that is not there yet begins with what it needs."""
    if name in files:
        return files[name]
    if not name.startswith(OVERLAY):
        raise _unknown(name)
    kind = name.rpartition("/")[2].removesuffix(".yaml")
    if name.startswith(OVERLAY + EXAMPLES):
        usual = files.get(f"{EXAMPLES}{kind}.yaml", f"kind: {kind}\n").partition(_FIRST)[0]
        return f"# Examples of your own rules.\n{usual.rstrip()}\n\nexamples: []\n"
    told = "# Your own rules, laid over those that came with Tieout. One of the same name replaces the shipped one.\n"
    return f"{told}kind: {kind}\n\nrules: []\n"


def laid_over(base: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """Files with some of them changed; one without a word in it is left out."""
    for name, said in changed.items():
        if not _NAME.fullmatch(name):
            raise _unknown(name)
        if len(said) > MOST_CHARACTERS:
            raise Refusal(f"The file {name} is too large.", "A file of rules has at most 256 KiB.", code="too_large")
    return {name: said for name, said in {**base, **changed}.items() if said.strip()}


def _group(name: str) -> str:
    if name.startswith(OVERLAY):
        return OWN
    if name in TABLES:
        return BESIDE
    return TESTED if name.startswith(EXAMPLES) else SHIPPED


def _unknown(name: str) -> Refusal:
    return Refusal(
        f"There is no file of rules called {name[:80]}.",
        "Names are such as commitment.yaml, tests/commitment.yaml and overlay/commitment.yaml.",
        code="no_such_file",
    )
