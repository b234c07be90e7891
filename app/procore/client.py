"""A plain client of one Procore company: sign-in, company header, pages, errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import httpx

from app.procore.answers import content, refused
from app.procore.errors import ProcoreError
from app.procore.tokens import ClientCredentials, TokenSource

Record = dict[str, Any]

PER_PAGE = 500
_VERSION = re.compile(r"^/rest/v\d+\.\d+/")


class Client:
    """Calls Procore for one company. It never repeats a call whose answer was lost; its caller decides that."""

    def __init__(
        self,
        base_url: str,
        login_url: str,
        client_id: str,
        client_secret: str,
        company_id: int,
        *,
        timeout: float = 30.0,
        tokens: TokenSource | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.company_id = company_id
        self._base = base_url.rstrip("/")
        self._http = httpx.Client(timeout=timeout, transport=transport, follow_redirects=False)
        self._tokens = tokens or ClientCredentials(self._http, login_url, client_id, client_secret)

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
        """Every record of a list, page after page."""
        answer = self._call("GET", path, params={"per_page": PER_PAGE, **params})
        while True:
            yield from content(answer)
            following = answer.links.get("next")
            if following is None:
                return
            answer = self._call("GET", self._same_place(following["url"]))

    def patch(self, path: str, body: Record) -> Any:
        """Change something; the answer is the record as it is now."""
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
        try:
            answer = self._once(method, path, extra)
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                self._tokens.forget()
                answer = self._once(method, path, extra)
        except httpx.TimeoutException:
            sentence = f"Procore did not answer in time when Tieout tried to {_act(method, path)}."
            raise ProcoreError(0, sentence) from None
        except httpx.TransportError as problem:
            sentence = f"Procore could not be reached when Tieout tried to {_act(method, path)}: {problem}."
            raise ProcoreError(0, sentence) from None
        if not answer.is_success:
            raise refused(answer, _act(method, path))
        return answer

    def _once(self, method: str, path: str, extra: dict[str, Any]) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self._tokens.token()}",
            "Procore-Company-Id": str(self.company_id),
            "Accept": "application/json",
        }
        return self._http.request(method, self._base + path, headers=headers, **extra)


def _act(method: str, path: str) -> str:
    """A call in words: ``read projects/86401``."""
    return f"{'read' if method == 'GET' else 'change'} {_VERSION.sub('', path.partition('?')[0])}"
