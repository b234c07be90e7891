"""Writes the golden requests anew: ``python -m tests.golden.generate``. Read the difference before you commit it."""

from __future__ import annotations

import sys

from app.qbxml.render import Renderer
from tests.golden.cases import TEMPLATES, cases


def main() -> None:
    """Render every case and say which files changed."""
    renderer = Renderer(TEMPLATES)
    for case in cases():
        text = case.render(renderer) + "\n"
        if not case.expected.exists() or case.expected.read_text(encoding="ascii") != text:
            case.expected.write_text(text, encoding="ascii", newline="\n")
            sys.stdout.write(f"{case.name}\n")


if __name__ == "__main__":
    main()
