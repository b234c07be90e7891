"""Answers of every shape and none: bounded in size and time, never followed elsewhere, read exactly."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.core import clock
from app.procore import Client, ProcoreError, wire

from .conftest import answering

START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)


class Stream(httpx.SyncByteStream):
    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self._parts


def test_an_answer_without_end_is_cut_off() -> None:
    read = [0]

    def endless() -> Iterator[bytes]:
        while True:
            read[0] += 1
            yield b" " * 2**20

    client = answering(lambda _request: httpx.Response(200, stream=Stream(endless())))
    with pytest.raises(ProcoreError, match="longer than 64 MB"):
        client.get("/rest/v1.0/me")
    assert read[0] <= 65


def test_a_packed_answer_is_measured_unpacked() -> None:
    packed = gzip.compress(b" " * (wire.MOST_BYTES + 1))
    client = answering(lambda _request: httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(ProcoreError, match="longer than"):
        client.get("/rest/v1.0/me")


def test_a_packed_answer_is_read() -> None:
    packed = gzip.compress(b'{"id": 7}')
    client = answering(lambda _request: httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"}))
    assert client.get("/rest/v1.0/me") == {"id": 7}


def test_an_answer_that_drips_is_given_up() -> None:
    now = [START]

    def drip() -> Iterator[bytes]:
        for _ in range(100):
            now[0] += timedelta(seconds=1)
            yield b" "

    client = answering(lambda _request: httpx.Response(200, stream=Stream(drip())))
    with clock.running(lambda: now[0]), pytest.raises(ProcoreError, match="did not answer in time"):
        client.get("/rest/v1.0/me")
    assert now[0] <= START + timedelta(seconds=62)


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_it_follows_nobody_elsewhere(status: int) -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(status, headers={"Location": "https://thief.test/rest/v1.0/me"})

    with pytest.raises(ProcoreError) as caught:
        answering(answer).get("/rest/v1.0/me")
    assert "TIEOUT_PROCORE_ENVIRONMENT" in caught.value.what_to_do
    assert hosts == ["procore.test"]


@pytest.mark.requirement("SEC-01")
def test_a_path_cannot_change_the_host() -> None:
    with pytest.raises(ValueError, match="slash"):
        answering(lambda _request: httpx.Response(200, json={})).get("@thief.test/rest/v1.0/me")


def test_version_2_comes_in_an_envelope_a_hundred_rows_a_page() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params.get("per_page", ""))
        number = len(asked)
        links = {"Link": '<http://procore.test/rest/v2.0/x?page=2&per_page=100>; rel="next"'} if number == 1 else {}
        return httpx.Response(200, json={"data": [{"id": f"{number}", "amount": 1.10}]}, headers=links)

    client = answering(answer)
    assert [row["id"] for row in client.pages("/rest/v2.0/x")] == ["1", "2"]
    assert asked == ["100", "100"]
    assert client.get("/rest/v2.0/x")[0]["id"] == "3"


def test_the_word_data_means_nothing_in_version_1() -> None:
    body = {"data": [{"id": 1}]}
    assert answering(lambda _request: httpx.Response(200, json=body)).get("/rest/v1.0/x") == body


def test_pages_that_lead_in_a_circle_end() -> None:
    link = {"Link": '<http://procore.test/rest/v1.0/x?page=2>; rel="next"'}
    client = answering(lambda _request: httpx.Response(200, json=[{"id": 1}], headers=link))
    with pytest.raises(ProcoreError, match="in a circle"):
        for _ in zip(range(9), client.pages("/rest/v1.0/x"), strict=False):
            pass


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "could not be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[{", "could not be reached"),
        (b"nonsense\r\n\r\n", "could not be reached"),
        (None, "did not answer in time"),
    ],
)
def test_a_broken_connection_is_an_error_in_words(said: bytes | None, words: str) -> None:
    """A real socket that says this much and hangs up, or says nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def serve() -> None:
            caller, _ = listener.accept()
            with caller:
                caller.recv(65536)
                if said is None:
                    over.wait(5)
                else:
                    caller.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Client(address, address, "id", "s", 5021, timeout=0.3) as client, pytest.raises(ProcoreError, match=words):
            client.get("/rest/v1.0/me")
        over.set()
        thread.join()
