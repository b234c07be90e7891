"""Lets spyne 2.14 be imported on Python 3.12 and later; import this before spyne.

spyne carries a copy of ``six`` whose import hook speaks a protocol Python 3.12 dropped, and it imports
``cgi``, which Python 3.13 dropped. On Python 3.11 nothing here has an effect.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from email.message import Message
from types import ModuleType
from typing import Any

_SIX = "spyne.util.six"


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    """``cgi.parse_header``: the value of a header and its parameters."""
    message = Message()
    message["content-type"] = line
    (value, _), *parameters = message.get_params([("", "")])
    return value, dict(parameters)


class MovesFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``spyne.util.six.moves`` and what is below it through that six's own table."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.startswith(f"{_SIX}.") and fullname in self._table():
            return importlib.util.spec_from_loader(fullname, self, is_package=fullname == f"{_SIX}.moves")
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        entry = self._table()[spec.name]
        module: ModuleType = entry if isinstance(entry, ModuleType) else entry._resolve()
        return module

    def exec_module(self, module: ModuleType) -> None:
        """The module exists already: it is the standard library's under its old name."""

    @staticmethod
    def _table() -> dict[str, Any]:
        table: dict[str, Any] = sys.modules[_SIX]._importer.known_modules
        return table


def install() -> None:
    """Put back what spyne misses on this Python; twice does no harm."""
    if importlib.util.find_spec("cgi") is None:
        stand_in = ModuleType("cgi", "The one function of the old module that spyne calls.")
        stand_in.__dict__["parse_header"] = parse_header
        sys.modules["cgi"] = stand_in
    if sys.version_info >= (3, 12) and not any(isinstance(finder, MovesFinder) for finder in sys.meta_path):
        sys.meta_path.append(MovesFinder())
