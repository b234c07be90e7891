"""About this release: its version and its own change log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.metadata import version

from flask import Blueprint, render_template

from app.admin.access import needs_person
from app.settings import PACKAGE_ROOT

pages = Blueprint("about", __name__, url_prefix="/about")

#: What the change log uses of Markdown inside a line: code, and links, of which a page here can only show the words.
CODE, LINK = re.compile(r"`([^`]+)`"), re.compile(r"\[([^\]]+)\]\([^)]+\)")


@dataclass
class Release:
    """One release of the change log: each change with its parts, every other one of them code."""

    name: str
    changes: list[list[str]] = field(default_factory=list)


@pages.get("/")
@needs_person
def page() -> str:
    file = PACKAGE_ROOT / "CHANGELOG.md"
    changes = file.read_text(encoding="utf-8") if file.exists() else ""
    return render_template("about.html", version=version("tieout"), releases=releases(changes))


def releases(changes: str) -> list[Release]:
    """The change log as the page shows it: a list of changes below the heading of each release."""
    found: list[Release] = []
    for block in re.split(r"\n(?=## |- )", changes):
        words = " ".join(block.split())
        if words.startswith("## "):
            found.append(Release(words.removeprefix("## ")))
        elif words.startswith("- ") and found:
            found[-1].changes.append(CODE.split(LINK.sub(r"\1", words.removeprefix("- "))))
    return found
