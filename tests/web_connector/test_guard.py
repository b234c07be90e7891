"""The guard, on bytes alone: what may reach an XML parser, and at what cost the rest is turned away."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from app.web_connector import guard
from app.web_connector.guard import check
from tests.web_connector.fake import TNS, envelope

XML = "text/xml; charset=utf-8"
CALL = f'<getLastError xmlns="{TNS}"><ticket>t</ticket></getLastError>'


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml; charset=utf-8",
        'text/xml; charset="UTF-8"',
        "text/xml",
        "TEXT/XML;charset=us-ascii",
        "application/xml",
    ],
)
def test_it_lets_an_ordinary_call_pass(content_type: str) -> None:
    assert check(envelope(CALL), content_type).fine


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + envelope(CALL),
        envelope(CALL, prolog=""),
        envelope(CALL.replace(">t<", ">caf\u00e9 \U0001f600 \u05e9\u05dc\u05d5\u05dd<")),
        envelope(CALL.replace(">t<", "><![CDATA[<!DOCTYPE x> is only text here]]><")),
        envelope(f"<!-- <!DOCTYPE x> -->{CALL}"),
        envelope(CALL.replace("<ticket>", "<ticket a='>' b=\"/>\">")),
        envelope("<a>" * (guard.MAX_DEPTH - 2) + "</a>" * (guard.MAX_DEPTH - 2)),
        envelope("<a/>" * 500),
    ],
    ids=["byte order mark", "no declaration", "all of Unicode", "text section", "comment", "quotes", "deep", "wide"],
)
def test_it_lets_odd_but_legal_messages_pass(body: bytes) -> None:
    assert check(body, XML).fine


@pytest.mark.requirement("SEC-02")
@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "DOCTYPE"),
        (b'<?xml version="1.0"?><!-- first --><!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><x/>', "DOCTYPE"),
        (b'<?xml version="1.0" encoding="utf-16"?><x/>', "encoding"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-7'?><x/>", "encoding"),
        (b'<?xml version="1.0" encoding="IBM037"?><x/>', "encoding"),
        (b"<x>\xe9</x>", "encoding"),
        (b"<x>\xed\xa0\x80</x>", "encoding"),
        (b"<x>\xc0\xaf</x>", "encoding"),
        (b"<x>\xc3", "encoding"),
        ("<x/>".encode("utf-16"), "encoding"),
        ("<x/>".encode("utf-16-le"), "control character"),
        (b"<x>\x00</x>", "control character"),
        (b"<x>\x1a</x>", "control character"),
        (b"<a>" * (guard.MAX_DEPTH + 1), "too deep"),
        (b"<x>" + b"<a/>" * guard.MAX_TAGS, "too many tags"),
        (b"<x a='" + b"y" * guard.MAX_TAG_BYTES + b"'/>", "malformed"),
        (b"<x><!-- never ends", "malformed"),
        (b"<x><![CDATA[ never ends", "malformed"),
        (b"<x", "malformed"),
        (b"<x><<</x>", "malformed"),
    ],
)
def test_it_refuses_what_no_web_connector_sends(body: bytes, what: str) -> None:
    verdict = check(body, XML)
    assert verdict.what == what
    assert verdict.status == 500


@pytest.mark.parametrize(
    ("content_type", "what"),
    [
        ("", "content type"),
        ("application/json", "content type"),
        ("application/x-www-form-urlencoded", "content type"),
        ('multipart/related; type="text/xml"; boundary=x', "content type"),
        ("application/soap+xml; charset=utf-8", "content type"),
        ("text/xml; charset=latin1", "charset"),
        ("text/xml; charset=utf-16", "charset"),
        ("text/xml; charset=no-such-charset", "charset"),
    ],
)
def test_it_refuses_other_content_types_and_charsets(content_type: str, what: str) -> None:
    verdict = check(envelope(CALL), content_type)
    assert (verdict.what, verdict.status) == (what, 415)


def test_a_sentence_never_quotes_the_message() -> None:
    secret = b"hunter2"
    for body in (
        b"<!DOCTYPE hunter2><x/>",
        b"<hunter2",
        b"<x>hunter2\x00</x>",
        b"<?xml version='1.0' encoding='hunter2'?>",
    ):
        assert secret in body
        verdict = check(body, "text/xml")
        assert not verdict.fine
        assert "hunter2" not in verdict.sentence
    assert "hunter2" not in check(b"<x/>", "text/xml; charset=hunter2").sentence


def hostile() -> dict[str, bytes]:
    size = 20 * 1024 * 1024
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return {
        "10 000 deep": b"<a>" * 10_000 + b"</a>" * 10_000,
        "a million elements": b"<x>" + b"<a/>" * 1_000_000 + b"</x>",
        "billion laughs": f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><x>&e9;</x>'.encode(),
        "quadratic blow-up": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]><x>' + b"&a;" * 100_000 + b"</x>",
        "one endless tag": b"<x " + b"a" * size,
        "one endless attribute": b"<x a='" + b"y" * size,
        "a million quotes": b"<x " + b"'" * size,
        "a million slashes": b"<x " + b"/" * size,
        "one endless comment": b"<x><!--" + b"-" * size,
        "openings of comments": b"<!--" * (size // 4),
        "only angle brackets": b"<" * size,
        "an endless name": b"<" + b"x" * size,
        "an endless declaration": b"<?xml " + b" encoding=" * (size // 10),
    }


@pytest.mark.requirement("SEC-02")
def test_it_answers_hostile_bytes_at_once_and_without_copying_them() -> None:
    for name, body in hostile().items():
        tracemalloc.start()
        begun = time.perf_counter()
        verdict = check(body, XML)
        took = time.perf_counter() - begun
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert not verdict.fine, name
        assert took < 2, name
        assert peak < 16 * 1024 * 1024, name


def test_it_refuses_a_message_over_the_limit() -> None:
    assert check(bytes(guard.MAX_BYTES + 1), XML) == guard.TOO_LONG
    assert guard.TOO_LONG.status == 413
