"""What came back from Procore: JSON with exact numbers, or the error it stands for."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import httpx

from app.procore.errors import ProcoreError, reason
from app.procore.gate import retry_after, told

#: What Procore uses from version 2 on: the answer stands inside ``data``, and ids are texts.
_ENVELOPED = "/rest/v2."


def content(answer: httpx.Response) -> Any:
    """The JSON of an answer; numbers with a point become Decimal, decimal texts stay as they are."""
    path = answer.request.url.path
    try:
        found = answer.json(parse_float=Decimal)
    except ValueError:
        raise ProcoreError(answer.status_code, f"Procore answered {path} with something that is not JSON.") from None
    if _ENVELOPED in path and isinstance(found, dict) and "data" in found:
        return found["data"]
    return found


def refused(answer: httpx.Response, what: str) -> ProcoreError:
    """The error an unsuccessful answer stands for."""
    said = reason(error_body(answer))
    sentence = f"Procore refused to let Tieout {what} ({answer.status_code}): {said or answer.reason_phrase}"
    return ProcoreError(answer.status_code, sentence.rstrip(".") + ".", retry_at=_retry_at(answer))


def _retry_at(answer: httpx.Response) -> int:
    """The second at which Procore wants to be asked again, where it says so."""
    limit = told(answer) if answer.status_code == httpx.codes.TOO_MANY_REQUESTS else None
    moment = limit.opens_at if limit else retry_after(answer)
    return math.ceil(moment.timestamp()) if moment else 0


def error_body(answer: httpx.Response) -> Any:
    """The JSON of an unsuccessful answer, or None where it is something else."""
    try:
        return answer.json(parse_float=Decimal)
    except ValueError:
        return None
