"""Error recovery by message set id: each row of what QuickBooks documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from app.sandbox.quickbooks import CompanyFile, ProcessError
from tests.sandbox.quickbooks.asking import message_set, vendor_add
from tests.sandbox.quickbooks.conftest import Contractor

FIRST = message_set(vendor_add("Acme"), newMessageSetID="set-1")


def set_status(response: str) -> str | None:
    return etree.fromstring(response)[0].get("messageSetStatusCode")


def vendors(books: Contractor) -> list[str]:
    return [vendor["Name"] for vendor in books.file.records("Vendor")][1:]


def check_only(set_id: str) -> str:
    return message_set(newMessageSetID=set_id, oldMessageSetID=set_id)


def test_the_same_text_again_is_not_executed_and_gets_the_same_bytes(books: Contractor) -> None:
    first = books.file.process(FIRST)
    assert (books.file.process(FIRST), vendors(books), set_status(first)) == (first, ["Acme"], "0")


def test_the_same_id_with_another_text_is_refused(books: Contractor) -> None:
    books.file.process(FIRST)
    assert set_status(books.file.process(FIRST.replace("Acme", "Other"))) == "9001"
    assert vendors(books) == ["Acme"]


def test_a_status_check_returns_the_stored_answer(books: Contractor) -> None:
    first = books.file.process(FIRST)
    assert books.file.process(check_only("set-1")) == first


def test_a_status_check_of_an_unknown_set_says_nothing_is_stored(books: Contractor) -> None:
    assert set_status(books.file.process(check_only("set-9"))) == "9002"


def test_a_lost_answer_is_not_a_reason_to_run_again(books: Contractor) -> None:
    books.file.process(FIRST)
    books.file.lose_stored_response("set-1")
    assert set_status(books.file.process(FIRST)) == "9002"
    assert vendors(books) == ["Acme"]


def test_an_old_id_alone_clears_that_answer(books: Contractor) -> None:
    books.file.process(FIRST)
    assert set_status(books.file.process(message_set(oldMessageSetID="set-1"))) is None
    assert set_status(books.file.process(check_only("set-1"))) == "9002"


def test_an_old_id_nobody_knows_and_no_new_one_is_status_600(books: Contractor) -> None:
    assert set_status(books.file.process(message_set(oldMessageSetID="set-9"))) == "600"


def test_the_normal_chain_clears_the_previous_answer_and_stores_the_next(books: Contractor) -> None:
    books.file.process(FIRST)
    second = message_set(vendor_add("Next"), newMessageSetID="set-2", oldMessageSetID="set-1")
    answer = books.file.process(second)
    assert set_status(books.file.process(check_only("set-1"))) == "9002"
    assert books.file.process(second) == answer
    assert vendors(books) == ["Acme", "Next"]


def test_everything_stored_can_be_cleared_at_once(books: Contractor) -> None:
    books.file.process(FIRST)
    books.file.process(message_set(oldMessageSetID="CLR-ALL-MSG-SETS"))
    assert set_status(books.file.process(check_only("set-1"))) == "9002"


def test_a_set_without_ids_is_not_stored(books: Contractor) -> None:
    query = message_set("<VendorQueryRq/>")
    before = books.file.process(query)
    books.file.add_vendor("Since")
    assert books.file.process(query) != before
    assert set_status(before) is None


def test_an_id_over_24_characters_is_refused_and_nothing_runs(books: Contractor) -> None:
    assert set_status(books.file.process(FIRST.replace("set-1", "x" * 25))) == "9004"
    assert vendors(books) == []
    assert set_status(books.file.process(FIRST.replace("set-1", "x" * 24))) == "0"


def test_an_answer_that_cannot_be_stored_says_so_though_the_set_ran(books: Contractor) -> None:
    books.file.cannot_store_responses()
    assert set_status(books.file.process(FIRST)) == "9005"
    assert vendors(books) == ["Acme"]
    assert set_status(books.file.process(check_only("set-1"))) == "9002"


def test_a_refused_set_leaves_its_id_free(books: Contractor) -> None:
    with pytest.raises(ProcessError, match="0x80040400"):
        books.file.process(message_set("<PigeonAddRq/>", newMessageSetID="set-1"))
    assert set_status(books.file.process(FIRST)) == "0"


def test_what_was_answered_survives_a_crash(tmp_path: Path) -> None:
    first = CompanyFile(tmp_path / "books.db")
    answer = first.process(FIRST)
    second = CompanyFile(tmp_path / "books.db")
    assert second.process(FIRST) == answer
    assert len(second.records("Vendor")) == 1


def test_a_restored_backup_forgets_answers_and_records_alike(tmp_path: Path, books: Contractor) -> None:
    books.file.back_up(tmp_path / "yesterday.db")
    books.file.process(FIRST)
    books.file.restore(tmp_path / "yesterday.db")
    assert vendors(books) == []
    assert set_status(books.file.process(check_only("set-1"))) == "9002"
