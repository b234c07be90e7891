"""What came back from Procore: JSON with exact numbers, or the error it stands for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx

from app.procore.errors import ProcoreError, reason


def content(answer: httpx.Response) -> Any:
    """The JSON of an answer; numbers with a point become Decimal, decimal texts stay as they are."""
    try:
        return answer.json(parse_float=Decimal)
    except ValueError:
        raise ProcoreError(
            answer.status_code, f"Procore answered {answer.request.url.path} with something that is not JSON."
        ) from None


def refused(answer: httpx.Response, what: str) -> ProcoreError:
    """The error an unsuccessful answer stands for."""
    try:
        said = reason(answer.json(parse_float=Decimal))
    except ValueError:
        said = ""
    sentence = f"Procore refused to let Tieout {what} ({answer.status_code}): {said or answer.reason_phrase}"
    return ProcoreError(answer.status_code, sentence.rstrip(".") + ".", retry_at=_retry_at(answer))


def _retry_at(answer: httpx.Response) -> int:
    text = answer.headers.get("X-Rate-Limit-Reset", "")
    return int(text) if answer.status_code == 429 and text.isdigit() else 0
