"""Requests as text: the templates of qbxml_templates/, and the message set around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, Undefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Macro
from markupsafe import escape

_LAYOUT = re.compile(r"\s*\n\s*")


class CannotRender(ValueError):
    """A template and what it was given do not make a request; the sentence names the template."""


class _WithoutLayout(Extension):
    """Drops line ends and indentation of a template; what a value holds is never touched."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, "data", _LAYOUT.sub("", token.value))
            else:
                yield token


class _Environment(Environment):
    def getattr(self, obj: Any, attribute: str) -> Any:
        """``refs.items`` means the key: a specialist need not know that Python's dict has a method of that name."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


class _WriteError(TypeError):
    """A value that is no text."""


def _writable(value: Any) -> Any:
    """Text and whole numbers alone are written: a None must not become "None", nor a float an amount."""
    if isinstance(value, str | int | Undefined) and not isinstance(value, bool):
        return value
    raise _WriteError(f"a template cannot write {value!r}")


class Renderer:
    """Renders one request at a time; a template is read once and kept."""

    def __init__(self, folder: Path) -> None:
        self._environment = _Environment(
            loader=FileSystemLoader(folder, encoding="utf-8"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_writable,
            extensions=[_WithoutLayout],
        )
        self._steps: dict[tuple[str, str], Macro] = {}

    def request(self, kind: str, step: str, **context: Any) -> str:
        """The request of one step: the macro of that name, given of the context what it asks for."""
        try:
            macro = self._steps.get((kind, step)) or self._step(kind, step)
            given = {name: context[name] for name in macro.arguments if name in context}
            return ascii_xml(str(macro(**given)))
        except (TemplateError, _WriteError) as error:
            raise CannotRender(f"{kind}.xml.j2, step {step}: {error}") from error

    def _step(self, kind: str, step: str) -> Macro:
        macro = getattr(self._environment.get_template(f"{kind}.xml.j2").module, step, None)
        if not isinstance(macro, Macro):
            raise CannotRender(f"{kind}.xml.j2 has no step {step}")
        self._steps[kind, step] = macro
        return macro


def ascii_xml(text: str) -> str:
    """The same XML in ASCII: everything above 127 as a decimal entity, which every QuickBooks reads alike.

    Accents are composed first (QuickBooks' Windows-1252 has no others), and a carriage return is
    written as an entity, for an XML reader would turn it into a line feed.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).encode("ascii", "xmlcharrefreplace").decode("ascii")
    return text.replace("\r", "&#13;")


def message_set(requests: Sequence[str], *, version: str, new_id: str | None, old_id: str | None) -> str:
    """The whole text for sendRequestXML; the ids are for sets that write, so that an answer can be had again."""
    return "\n".join([_opening(version, new_id, old_id), *requests, "</QBXMLMsgsRq></QBXML>"])


def _opening(version: str, new_id: str | None, old_id: str | None) -> str:
    ids = "".join(_attribute(name, value) for name, value in (("newMessageSetID", new_id), ("oldMessageSetID", old_id)))
    return _prolog(version) + f'<QBXML><QBXMLMsgsRq{ids} onError="continueOnError">'


def _attribute(name: str, value: str | None) -> str:
    return f' {name}="{escape(value)}"' if value else ""


@cache
def _prolog(version: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="{version}"?>\n'
