"""Estimates: quantity, rate, markup and amount, and what a Mod keeps, adds and deletes."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.quickbooks.asking import ask, estimate_add, estimate_mod, ids_of, query, status
from tests.sandbox.quickbooks.conftest import Contractor

LINE = "EstimateLineRet"


def item_line(books: Contractor, money: str, markup: str = "") -> str:
    return f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Desc>Slab</Desc>{money}{markup}"


def estimate(books: Contractor, *lines: str, header: str = "") -> etree._Element:
    answer = ask(books.file, estimate_add(books.job, *lines, header=header))[0]
    assert status(answer) == 0, answer.attrib["statusMessage"]
    return answer[0]


def numbers(line: etree._Element) -> list[str | None]:
    return [line.findtext(tag) for tag in ("Quantity", "Rate", "MarkupRatePercent", "Amount")]


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        ("<Quantity>1</Quantity><Amount>125000.00</Amount>", ["1", "125000.00", "0.00", "125000.00"]),
        ("<Quantity>3</Quantity><Amount>500.00</Amount>", ["3", "166.66667", "0.00", "500.00"]),
        ("<Quantity>4</Quantity><Rate>10.25</Rate>", ["4", "10.25", "0.00", "41.00"]),
        ("<Rate>10.25</Rate>", [None, "10.25", "0.00", "10.25"]),
        ("<Quantity>1</Quantity><Amount>-500.00</Amount>", ["1", "-500.00", "0.00", "-500.00"]),
    ],
)
def test_quantity_rate_and_amount_complete_each_other(
    money: str, expected: list[str | None], books: Contractor
) -> None:
    assert numbers(estimate(books, item_line(books, money)).findall(LINE)[0]) == expected


def test_a_rate_beside_an_amount_is_ignored_with_a_warning(books: Contractor) -> None:
    line = item_line(books, "<Quantity>2</Quantity><Rate>999.00</Rate><Amount>500.00</Amount>")
    answer = ask(books.file, estimate_add(books.job, line))[0]
    assert (status(answer), answer.get("statusSeverity")) == (530, "Warn")
    assert numbers(answer[0].findall(LINE)[0]) == ["2", "250.00", "0.00", "500.00"]


def test_a_default_markup_comes_on_top_of_what_was_sent(books: Contractor) -> None:
    books.file.set_preference("DefaultMarkup", "13")
    saved = estimate(books, item_line(books, "<Quantity>1</Quantity><Amount>1000.00</Amount>"))
    assert numbers(saved.findall(LINE)[0]) == ["1", "1000.00", "13.00", "1130.00"]
    assert saved.findtext("TotalAmount") == "1130.00"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<MarkupRatePercent>0</MarkupRatePercent>", ("1000.00", "1000.00")),
        ("<MarkupRatePercent>25</MarkupRatePercent>", ("800.00", "1000.00")),
        ("<MarkupRate>100.00</MarkupRate>", ("900.00", "1000.00")),
    ],
)
def test_a_markup_of_ones_own_stands_above_the_default_and_keeps_the_amount(
    markup: str, expected: tuple[str, str], books: Contractor
) -> None:
    books.file.set_preference("DefaultMarkup", "13")
    line = item_line(books, "<Quantity>1</Quantity><Amount>1000.00</Amount>", markup)
    saved = estimate(books, line).findall(LINE)[0]
    assert (saved.findtext("Rate"), saved.findtext("Amount")) == expected


def test_a_percentage_marks_a_rate_up(books: Contractor) -> None:
    money = "<Quantity>1</Quantity><Rate>179.00</Rate>"
    saved = estimate(books, item_line(books, money, "<MarkupRatePercent>30</MarkupRatePercent>"))
    assert numbers(saved.findall(LINE)[0]) == ["1", "179.00", "30.00", "232.70"]


def test_a_mod_keeps_listed_lines_appends_new_ones_and_deletes_the_others(books: Contractor) -> None:
    one = item_line(books, "<Quantity>1</Quantity><Amount>100.00</Amount>")
    saved = estimate(books, one, "<Desc>Note</Desc>", one)
    kept = ids_of(saved, LINE)
    new = "<TxnLineID>-1</TxnLineID>" + item_line(books, "<Quantity>1</Quantity><Amount>-40.00</Amount>")
    changed = ask(books.file, estimate_mod(saved, kept[0], kept[1], new))[0]
    assert ids_of(changed[0], LINE)[:2] == kept[:2]
    assert [line.findtext("Amount") for line in changed[0].findall(LINE)] == ["100.00", None, "-40.00"]
    assert changed[0].findtext("TotalAmount") == "60.00"


def test_a_line_named_twice_in_a_mod_is_refused(books: Contractor) -> None:
    saved = estimate(books, "<Desc>x</Desc>")
    line = ids_of(saved, LINE)[0]
    assert status(ask(books.file, estimate_mod(saved, line, line))[0]) == 3120


def test_a_description_of_ones_own_stands_above_the_items(books: Contractor) -> None:
    own = estimate(books, item_line(books, "<Amount>1.00</Amount>"))
    items = estimate(books, f"<ItemRef><ListID>{books.item}</ListID></ItemRef>")
    assert [saved.findtext(f"{LINE}/Desc") for saved in (own, items)] == ["Slab", "Cast-in-place"]


def test_a_mod_needs_the_newest_edit_sequence(books: Contractor) -> None:
    saved = estimate(books, "<Desc>x</Desc>")
    fresh, stale = (ask(books.file, estimate_mod(saved, header=f"<Memo>{n}</Memo>"))[0] for n in (1, 2))
    assert [status(fresh), status(stale)] == [0, 3200]
    assert len(fresh[0].findall(LINE)) == 1


def test_estimates_switched_off_are_refused(books: Contractor) -> None:
    saved = estimate(books, "<Desc>x</Desc>")
    books.file.set_preference("IsUsingEstimates", False)
    answers = ask(books.file, estimate_add(books.job, "<Desc>x</Desc>"), estimate_mod(saved))
    assert [status(answer) for answer in answers] == [3250, 3250]


def test_queries_find_by_id_number_job_and_customer_with_its_jobs(books: Contractor) -> None:
    saved = estimate(books, "<Desc>x</Desc>", header="<RefNumber>B-1</RefNumber>")
    family = f"<ListIDWithChildren>{books.customer}</ListIDWithChildren>"
    found = ask(
        books.file,
        query("Estimate", f"<TxnID>{saved.findtext('TxnID')}</TxnID><IncludeLineItems>true</IncludeLineItems>"),
        query("Estimate", "<RefNumber>b-1</RefNumber>"),
        query("Estimate", f"<EntityFilter><ListID>{books.job}</ListID></EntityFilter>"),
        query("Estimate", f"<EntityFilter>{family}</EntityFilter>"),
        query("Estimate", f"<EntityFilter><ListID>{books.customer}</ListID></EntityFilter>"),
    )
    assert [status(answer) for answer in found] == [0, 0, 0, 0, 1]
    assert [len(answer.findall(f".//{LINE}")) for answer in found[:2]] == [1, 0]


def test_an_iterator_walks_through_estimates(books: Contractor) -> None:
    for _ in range(3):
        estimate(books, "<Desc>x</Desc>")
    first = ask(books.file, query("Estimate", "<MaxReturned>2</MaxReturned>", 'iterator="Start"'))[0]
    again = f'iterator="Continue" iteratorID="{first.get("iteratorID")}"'
    second = ask(books.file, query("Estimate", "<MaxReturned>2</MaxReturned>", again))[0]
    assert (len(first), first.get("iteratorRemainingCount")) == (2, "1")
    assert (len(second), second.get("iteratorRemainingCount")) == (1, "0")
