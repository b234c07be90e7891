"""Which calls may be made again, and how long to wait before."""

from __future__ import annotations

from typing import Any

from app.core import ids

#: Nobody sleeps longer than this inside a call, which outlasts Procore's window of ten seconds. For anything longer
#: the call ends with the moment to come back, and whoever made it does something else meanwhile.
LONGEST_WAIT = 15.0
_FIRST_PAUSE = 0.5


def may_repeat(method: str, path: str, body: Any) -> bool:
    """Whether a call does no more when it is made twice.

    Reading does nothing. Every change of ours sets values and adds to none, so a PATCH may come twice; but a row of a
    sync action that names no record makes a new one each time. A POST makes one each time, and a record taken away
    twice is an error.
    """
    if method == "PATCH" and path.endswith("/sync"):
        return all(row.get("id") or row.get("origin_id") for row in body.get("updates", ()))
    if "/erp_request_details/" in path:  # whoever closes a request looks first whether it is still open
        return method == "GET"
    return method in ("GET", "PATCH")


def pause(tried: int) -> float:
    """Seconds before the next try: about twice as long each time, and never for all callers the same."""
    return float(_FIRST_PAUSE * 2**tried * (0.5 + ids.fraction()))
