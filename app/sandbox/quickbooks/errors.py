"""The two ways this company file says no: to a whole message set, or to one request of it."""

from __future__ import annotations

UNPARSABLE = "0x80040400"
VERSION_NOT_SUPPORTED = "0x80040423"


class ProcessError(Exception):
    """QuickBooks threw instead of answering: nothing of the message set was executed."""

    def __init__(self, hresult: str, message: str) -> None:
        super().__init__(f"{hresult}: {message}")
        self.hresult = hresult
        self.message = message


class StatusError(Exception):
    """One request failed; its answer carries this status code and text."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def unparsable(detail: str) -> ProcessError:
    """The refusal of a whole set; the detail helps whoever reads the test, QuickBooks itself is less kind."""
    return ProcessError(UNPARSABLE, f"QuickBooks found an error when parsing the provided XML text stream. ({detail})")
