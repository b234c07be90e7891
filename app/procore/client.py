"""A plain client of one Procore company: sign-in, company header, pages, errors."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from types import TracebackType
from typing import Any

import httpx

from app.core import clock
from app.procore import wire
from app.procore.answers import content, refused
from app.procore.errors import NoAnswer, ProcoreError
from app.procore.gate import Entry, Gate, Limit, MemoryGate, retry_after, told
from app.procore.log_in import LogIn
from app.procore.patience import LONGEST_WAIT, may_repeat, pause
from app.procore.sign_in import SignIn, Wait
from app.procore.syncing import sync
from app.procore.tokens import MemoryTokens, TokenStore

Record = dict[str, Any]

PER_PAGE = 500
#: The most that version 2 gives.
PER_PAGE_V2 = 100
#: How often a call that may be made again is made again.
REPEATS = 3
#: Processes that wait for the same window do not look at it without end.
_LEAST_WAIT = 0.1
_VERSION = re.compile(r"^/rest/v\d+\.\d+/")


class Client:
    """Calls Procore for one company.

    A refusal for too many calls is waited out, briefly; a token that is refused is renewed once. What failed
    otherwise is made again ``repeats`` times where that can do no harm; a POST never, its caller looks first.
    """

    def __init__(
        self,
        base_url: str,
        login_url: str,
        client_id: str,
        client_secret: str,
        company_id: int,
        *,
        timeout: float = 30.0,
        tokens: TokenStore | None = None,
        gate: Gate | None = None,
        repeats: int = 0,
        wait: Wait = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.company_id = company_id
        self._base = base_url.rstrip("/")
        self._http = wire.opened(timeout, transport)
        log_in = LogIn(self._http, login_url, client_id, client_secret)
        self._sign_in = SignIn(log_in, tokens or MemoryTokens(), wait)
        self._gate = gate or MemoryGate()
        self._repeats = repeats
        self._wait = wait

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """One record, or whatever else the path answers."""
        return content(self._call("GET", path, params=params))

    def pages(self, path: str, **params: Any) -> Iterator[Record]:
        """Every record of a list, page after page; without a link to a next page there is none."""
        most = PER_PAGE_V2 if path.startswith("/rest/v2.") else PER_PAGE
        answer = self._call("GET", path, params={"per_page": most, **params})
        read = {answer.request.url}
        while True:
            yield from content(answer)
            following = answer.links.get("next")
            if following is None:
                return
            answer = self._call("GET", self._same_place(following["url"]))
            if answer.request.url in read:
                raise ProcoreError(
                    answer.status_code,
                    f"Procore's pages lead round in a circle when Tieout tries to {_act('GET', path)}.",
                )
            read.add(answer.request.url)

    def patch(self, path: str, body: Record) -> Any:
        """Change something; the answer is the record as it is now, or what became of each row of a sync action."""
        if path.endswith("/sync"):
            return sync(lambda part: content(self._call("PATCH", path, json=part)), body)
        return content(self._call("PATCH", path, json=body))

    def post(self, path: str, body: Record) -> Any:
        """Make something; not to be repeated without looking whether it is there."""
        return content(self._call("POST", path, json=body))

    def delete(self, path: str, **params: Any) -> None:
        """Take something away; one that is gone already answers 404."""
        self._call("DELETE", path, params=params)

    def _same_place(self, url: str) -> str:
        """The path of a link, for our own base address: the token goes nowhere else."""
        return httpx.URL(url).raw_path.decode().removeprefix(httpx.URL(self._base).path.rstrip("/"))

    def _call(self, method: str, path: str, **extra: Any) -> httpx.Response:
        """Make a call, again where that helps and harms nothing, and return its answer only if it succeeded."""
        harmless = may_repeat(method, path, extra.get("json"))
        for tried in count():
            again = None
            try:
                answer = self._signed(method, path, extra)
            except NoAnswer as lost:
                problem: ProcoreError = lost
            else:
                if answer.is_success:
                    return answer
                problem = refused(answer, _act(method, path))
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS and tried < REPEATS:
                    continue  # to the gate, which opens when Procore said
                harmless = harmless and answer.is_server_error
                again = retry_after(answer)
            if not harmless or tried >= self._repeats:
                raise problem
            self._pause(tried, again, problem)
        raise AssertionError

    def _pause(self, tried: int, again: datetime | None, problem: ProcoreError) -> None:
        """Wait before the next try, or leave it to the caller where Procore wants to be left alone for long."""
        seconds = max(pause(tried), _seconds_until(again) if again else 0.0)
        if seconds > LONGEST_WAIT:
            raise problem
        self._wait(seconds)

    def _signed(self, method: str, path: str, extra: dict[str, Any]) -> httpx.Response:
        """One call with a token that should work; a token that does not is renewed, once."""
        answer = self._once(method, path, extra, token := self._sign_in.token())
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in.refused(token)
            answer = self._once(method, path, extra, self._sign_in.token())
        return answer

    def _once(self, method: str, path: str, extra: dict[str, Any], token: str) -> httpx.Response:
        if not path.startswith("/"):
            raise ValueError("a path begins with a slash: the token goes to Procore's own address alone")
        headers = {
            "Authorization": f"Bearer {token}",
            "Procore-Company-Id": str(self.company_id),
            "Accept": "application/json",
        }
        act, limits = _act(method, path), list[Limit | None]()
        entry = self._admitted(act)
        try:
            return wire.ask(
                self._http, act, method, self._base + path,
                heard=lambda answer: limits.append(told(answer)), headers=headers, **extra,
            )  # fmt: skip
        finally:
            self._gate.leave(entry, limits[0] if limits else None)

    def _admitted(self, act: str) -> Entry:
        """Wait at the gate, but not for long."""
        waited = 0.0
        while (until := (entry := self._gate.enter()).closed_until) is not None:
            seconds = max(_seconds_until(until), _LEAST_WAIT)
            waited += seconds
            if waited > LONGEST_WAIT:
                raise _closed(act, until)
            self._wait(seconds)
        return entry


def _closed(act: str, until: datetime) -> ProcoreError:
    sentence = f"Procore allows no more calls before {until:%H:%M:%S} UTC, so Tieout did not {act} yet."
    return ProcoreError(429, sentence, retry_at=int(until.timestamp()))


def _seconds_until(moment: datetime) -> float:
    return (moment - clock.now()).total_seconds()


def _act(method: str, path: str) -> str:
    """A call in words: ``read projects/86401``."""
    return f"{'read' if method == 'GET' else 'change'} {_VERSION.sub('', path.partition('?')[0])}"
