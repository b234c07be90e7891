"""The check of a whole message set."""

from __future__ import annotations

import pytest

from app.qbxml.grammar import Grammar
from app.qbxml.render import message_set

GRAMMAR = Grammar.compile(["AskRq: Name! name(3)"])
ASK = '<AskRq requestID="1"><Name>abc</Name></AskRq>'


def _set(*, new_id: str | None = "m1", version: str = "13.0") -> str:
    return message_set([ASK], version=version, new_id=new_id, old_id=None)


@pytest.mark.parametrize("new_id", [None, "m" * 24])
def test_it_accepts_what_the_renderer_makes(new_id: str | None) -> None:
    assert GRAMMAR.set_problems(_set(new_id=new_id)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('<?xml version="1.0" encoding="utf-8"?>\n', ""), "the text does not begin with <?xml …?>"),
        (('<?qbxml version="13.0"?>', ""), 'there is no <?qbxml version="…"?> before QBXML'),
        (('"13.0"?', '"thirteen"?'), 'there is no <?qbxml version="…"?> before QBXML'),
        (('"13.0"?', '"14.0"?'), "qbXML 14.0 is newer than this QuickBooks understands (13.0)"),
        (("continueOnError", "rollbackOnError"),
         "onError=rollbackOnError is in the schema, but QuickBooks Desktop does not do it"),
        ((' onError="continueOnError"', ""), "onError “” is not one of continueOnError, stopOnError"),
        (('"m1"', f'"{"m" * 25}"'), "newMessageSetID has 25 characters, QuickBooks takes 24"),
        (("newMessageSetID", "messageSetID"), "messageSetID is not an attribute of a message set"),
        ((ASK, ASK + ASK), "requestID 1 stands on 2 requests"),
        ((ASK, ""), "the message set asks for nothing"),
        (("abc", "abcd"), "request 1: Ask/Name: 4 characters, QuickBooks keeps 3"),
        (("QBXMLMsgsRq", "QBXMLMsgs"), "the message set must be QBXML with one QBXMLMsgsRq in it"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_with_the_set(change: tuple[str, str], sentence: str) -> None:
    found = GRAMMAR.set_problems(_set().replace(*change))
    assert [text.replace("AskRq/", "Ask/") for text in found] == [sentence]


def test_a_status_check_needs_no_request() -> None:
    text = message_set([], version="13.0", new_id="m1", old_id="m1")
    assert GRAMMAR.set_problems(text) == []


def test_a_canadian_version_token_counts_by_its_number() -> None:
    assert GRAMMAR.set_problems(_set(version="CA3.0")) == []
    assert GRAMMAR.set_problems(_set(version="CA14.0")) != []


def test_what_is_no_xml_is_a_problem_and_no_accident() -> None:
    assert GRAMMAR.set_problems("<?xml version='1.0'?><QBXML>")[0].startswith("the message set is not well-formed XML")
