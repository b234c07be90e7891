"""Files to take along: written to disk where they are long, and sent from there."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from typing import IO, Any, TextIO, cast

from flask import Response, send_file

#: So large a file is kept in memory; a larger one goes through the disk.
IN_MEMORY = 1024 * 1024
#: By this mark spreadsheets know UTF-8.
MARK = "\ufeff"

Write = Callable[[TextIO], object]


def csv(name: str, write: Write) -> Response:
    """A table, as a spreadsheet opens it."""
    return _file(name, "text/csv", MARK, write)


def jsonl(name: str, write: Write) -> Response:
    """One JSON object a line."""
    return _file(name, "application/jsonl", "", write)


def _file(name: str, mimetype: str, mark: str, write: Write) -> Response:
    held = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # whoever sends it closes it
    out = io.TextIOWrapper(cast(IO[bytes], held), encoding="utf-8", newline="")
    out.write(mark)
    write(out)
    out.detach()  # flushes, and leaves the file open
    held.seek(0)
    return send_file(cast(Any, held), mimetype=mimetype, as_attachment=True, download_name=name)
