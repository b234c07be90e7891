"""The pages of the documentation, as tests read them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def name(page: Path) -> str:
    """A page as people name it."""
    return page.relative_to(ROOT).as_posix()


def everything() -> str:
    """All pages in one text."""
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
