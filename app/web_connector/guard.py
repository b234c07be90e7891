"""Looks at the bytes of a message before any XML parser does, in linear time and without copying them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from email.message import Message

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100
#: A call of the Web Connector has about ten tags: qbXML travels inside as escaped text.
MAX_TAGS = 2_000
MAX_TAG_BYTES = 8 * 1024

_MEDIA_TYPES = frozenset({"text/xml", "application/xml"})
_UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii"})
_PIECE = 1024 * 1024

_DECLARED_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([^"'>]{0,40})["']""")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Possessive throughout: a hostile tag costs one pass, never a search.
_TAG = re.compile(rb"""<(/?+)[^\s<>/!?"'=]++(?:[^<>"'/]++|/(?!>)|"[^"<]*+"|'[^'<]*+')*+(/?+)>""")


@dataclass(frozen=True)
class Verdict:
    """Whether a message may be read; if not, what is wrong (a word, a sentence) and how HTTP and SOAP call that."""

    what: str = ""
    sentence: str = ""
    status: int = 200
    code: str = "Client"

    @property
    def fine(self) -> bool:
        return not self.what


FINE = Verdict()
TOO_LONG = Verdict(
    "too long",
    f"The message is longer than {MAX_BYTES // 1024 // 1024} MB, so it was not read. "
    "Ask QuickBooks for less at a time.",
    413,
)
CUT_OFF = Verdict("cut off", "The message stopped before its announced length. Send it again.", 400)


def check(body: bytes, content_type: str) -> Verdict:
    """Whether the message may be handed to an XML parser."""
    verdict = _content_type(content_type)
    if not verdict.fine:
        return verdict
    if len(body) > MAX_BYTES:
        return TOO_LONG
    if not body or body.isspace():
        return _bad("empty", "The message is empty. The Web Connector's calls are SOAP messages sent by POST.")
    for look in (_encoding, _characters, _shape):
        verdict = look(body)
        if not verdict.fine:
            return verdict
    return FINE


def _bad(what: str, sentence: str) -> Verdict:
    return Verdict(what, sentence, 500)


def _content_type(line: str) -> Verdict:
    header = Message()
    header["content-type"] = line or "application/octet-stream"
    if header.get_content_type() not in _MEDIA_TYPES:
        return Verdict("content type", "The Content-Type must be text/xml: this service speaks SOAP 1.1.", 415)
    charset = str(header.get_param("charset", "")).strip().lower()
    if charset not in _UTF_8:
        return Verdict("charset", "The Content-Type names a charset other than UTF-8. Send UTF-8.", 415)
    return FINE


def _encoding(body: bytes) -> Verdict:
    declared = _DECLARED_ENCODING.match(body, 0, 256)
    if declared and declared[1].decode("ascii", "replace").lower() not in _UTF_8:
        return _bad("encoding", "The XML declaration names an encoding other than UTF-8. Send UTF-8.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), _PIECE):
            decoder.decode(body[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _bad("encoding", "The message is not UTF-8. Send UTF-8.")
    return FINE


def _characters(body: bytes) -> Verdict:
    if _CONTROL.search(body):
        return _bad("control character", "The message holds a control character (such as NUL) that XML does not allow.")
    return FINE


def _shape(body: bytes) -> Verdict:
    depth = tags = 0
    at = body.find(b"<")
    while at >= 0:
        tags += 1
        if tags > MAX_TAGS:
            return _bad("too many tags", f"The message has more than {MAX_TAGS} tags. A call has about ten.")
        end = _past_comment(body, at)
        if end is None:
            if body.startswith(b"<!", at):
                return _bad("DOCTYPE", "The message holds a DOCTYPE. Document type declarations are not accepted.")
            tag = _TAG.match(body, at, at + MAX_TAG_BYTES)
            if tag is None:
                return _bad("malformed", "The message is not well-formed XML: a tag is broken or far too long.")
            depth += -1 if tag[1] else 0 if tag[2] else 1
            end = tag.end()
        if end < 0:
            return _bad("malformed", "The message is not well-formed XML: it stops inside a comment or a text section.")
        if depth > MAX_DEPTH:
            return _bad("too deep", f"The message nests elements more than {MAX_DEPTH} deep.")
        at = body.find(b"<", end)
    return FINE


def _past_comment(body: bytes, at: int) -> int | None:
    """Where a comment, a text section or an instruction ends: -1 if nowhere, None if there is none here."""
    for opening, closing in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")):
        if body.startswith(opening, at):
            end = body.find(closing, at + len(opening))
            return -1 if end < 0 else end + len(closing)
    return None
