"""What a page says, and what its buttons lead to: read from its HTML, without JavaScript."""

from __future__ import annotations

from typing import Any

from lxml import html
from werkzeug.test import TestResponse

from tests.admin.conftest import Visitor


class Page:
    """One answer, read as a person would."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer, self.status = answer, answer.status_code
        self.source = answer.get_data(as_text=True)

    @property
    def path(self) -> str:
        """Where one ended up."""
        return self.answer.request.full_path.rstrip("?")

    @property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.source)

    @property
    def text(self) -> str:
        """All that can be read, in single spaces."""
        return _text(self.tree)

    @property
    def told(self) -> list[str]:
        """What the page says became of the last action."""
        return [_text(note) for note in self.tree.xpath("//p[contains(concat(' ', @class, ' '), ' t-note ')]")]

    def row(self, item_id: int) -> html.HtmlElement:
        """One row of a list."""
        found = self.tree.xpath(f"//tr[@data-id='{item_id}']")
        assert len(found) == 1, f"{len(found)} rows of item {item_id}"
        return found[0]

    def said(self, item_id: int) -> str:
        """What one row says."""
        return _text(self.row(item_id))

    def find(self, xpath: str) -> list[Any]:
        """What an XPath finds."""
        return list(self.tree.xpath(xpath))


def _text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def look(visitor: Visitor, path: str, **more: Any) -> Page:
    """Open a page and go where it leads."""
    return Page(visitor.get(path, follow_redirects=True, **more))


def press(visitor: Visitor, kind: str, button: str, **form: Any) -> Page:
    """A button of a list: ``accept:12``, or ``accept`` for what is ticked."""
    return Page(visitor.post(f"/items/{kind}/act", act=button, **form))


def push(visitor: Visitor, path: str, **form: str) -> Page:
    """Press a button."""
    return Page(visitor.post(path, **form))
