"""Purchase orders: what QuickBooks computes, and what a Mod keeps, adds and deletes."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.quickbooks.asking import ask, kept, order_add, order_mod, status
from tests.sandbox.quickbooks.conftest import Contractor


def item_line(books: Contractor, money: str, desc: str = "<Desc>Footings</Desc>") -> str:
    customer = f"<CustomerRef><ListID>{books.job}</ListID></CustomerRef>"
    return f"<ItemRef><ListID>{books.item}</ListID></ItemRef>{desc}{money}{customer}"


def order(books: Contractor, *lines: str, header: str = "", footer: str = "") -> etree._Element:
    answer = ask(books.file, order_add(books.vendor, *lines, header=header, footer=footer))[0]
    assert status(answer) == 0, answer.attrib["statusMessage"]
    return answer[0]


def lines_of(answer: etree._Element) -> list[etree._Element]:
    return answer.findall(".//PurchaseOrderLineRet")


def three_lines(books: Contractor) -> etree._Element:
    return order(books, "<Desc>Title</Desc>", item_line(books, "<Amount>500.00</Amount>"), "<Desc>Note</Desc>")


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        ("<Quantity>3</Quantity><Amount>500.00</Amount>", ("3", "166.66667", "500.00")),
        ("<Quantity>1</Quantity><Amount>500</Amount>", ("1", "500.00", "500.00")),
        ("<Quantity>2.5</Quantity><Rate>10.05</Rate>", ("2.5", "10.05", "25.13")),
        ("<Amount>12400.00</Amount>", (None, None, "12400.00")),
        ("<Quantity>-1</Quantity><Amount>-75.00</Amount>", ("-1", "75.00", "-75.00")),
        ("<Quantity>8</Quantity><Amount>0.01</Amount>", ("8", "0.00125", "0.01")),
    ],
)
def test_quantity_rate_and_amount_complete_each_other(
    money: str, expected: tuple[str | None, str | None, str], books: Contractor
) -> None:
    line = lines_of(order(books, item_line(books, money)))[0]
    assert (line.findtext("Quantity"), line.findtext("Rate"), line.findtext("Amount")) == expected


def test_a_rate_beside_an_amount_is_ignored_with_a_warning_and_the_order_is_saved(books: Contractor) -> None:
    line = item_line(books, "<Quantity>2</Quantity><Rate>999.00</Rate><Amount>500.00</Amount>")
    answer = ask(books.file, order_add(books.vendor, line))[0]
    assert (status(answer), answer.get("statusSeverity")) == (530, "Warn")
    assert (lines_of(answer)[0].findtext("Rate"), len(books.file.records("PurchaseOrder"))) == ("250.00", 1)


def test_the_total_is_the_sum_of_its_lines(books: Contractor) -> None:
    saved = order(books, item_line(books, "<Amount>0.10</Amount>"), item_line(books, "<Amount>0.20</Amount>"))
    assert saved.findtext("TotalAmount") == "0.30"


def test_the_item_fills_in_a_description_and_the_vendor_an_address(books: Contractor) -> None:
    saved = order(books, item_line(books, "<Amount>1.00</Amount>", desc=""))
    assert lines_of(saved)[0].findtext("Desc") == "Cast-in-place"
    assert saved.findtext("VendorAddress/Addr1") == "4 Quarry Way"


def test_it_refuses_orders_while_the_feature_is_off(books: Contractor) -> None:
    books.file.set_preference("IsUsingInventory", False)
    assert status(ask(books.file, order_add(books.vendor, "<Desc>x</Desc>"))[0]) == 3250


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("<ItemRef><FullName>sooo wrong</FullName></ItemRef>", 'Item "sooo wrong" in the PurchaseOrder line'),
        ("<CustomerRef><FullName>Joe Smith</FullName></CustomerRef>", 'Customer "Joe Smith" in the PurchaseOrder line'),
    ],
)
def test_it_refuses_a_reference_to_nothing(line: str, label: str, books: Contractor) -> None:
    answer = ask(books.file, order_add(books.vendor, line))[0]
    assert (status(answer), label in answer.attrib["statusMessage"]) == (3140, True)


def test_it_refuses_a_discount_item_on_an_order(books: Contractor) -> None:
    books.file.add_item("ItemDiscount", "Rebate")
    line = "<ItemRef><FullName>Rebate</FullName></ItemRef>"
    assert status(ask(books.file, order_add(books.vendor, line))[0]) == 3140


def test_a_mod_that_lists_every_line_appends_below_them(books: Contractor) -> None:
    saved = three_lines(books)
    new = "<TxnLineID>-1</TxnLineID>" + item_line(books, "<Amount>90.00</Amount>") + "<Other1>tie:abc</Other1>"
    changed = ask(books.file, order_mod(saved, *kept(saved), new))[0]
    before = [etree.tostring(line) for line in lines_of(saved)]
    after = [etree.tostring(line) for line in lines_of(changed)]
    assert after[:3] == before
    assert len(after) == 4
    assert lines_of(changed)[3].findtext("Other1") == "tie:abc"
    assert changed.findtext("PurchaseOrderRet/TotalAmount") == "590.00"


def test_a_mod_deletes_the_lines_it_does_not_list(books: Contractor) -> None:
    saved = three_lines(books)
    changed = ask(books.file, order_mod(saved, kept(saved)[0], kept(saved)[2]))[0]
    assert [line.findtext("Desc") for line in lines_of(changed)] == ["Title", "Note"]
    assert changed.findtext("PurchaseOrderRet/TotalAmount") == "0.00"


def test_a_mod_of_the_header_alone_leaves_the_lines(books: Contractor) -> None:
    saved = three_lines(books)
    changed = ask(books.file, order_mod(saved, header="<Memo>tie:abc</Memo>"))[0]
    assert len(lines_of(changed)) == 3
    assert changed.findtext("PurchaseOrderRet/Memo") == "tie:abc"


def test_an_empty_header_field_clears_it(books: Contractor) -> None:
    saved = order(books, "<Desc>x</Desc>", footer="<Memo>old</Memo>")
    assert ask(books.file, order_mod(saved, header="<Memo></Memo>"))[0].find("PurchaseOrderRet/Memo") is None


def test_a_listed_line_with_new_values_is_changed(books: Contractor) -> None:
    saved = three_lines(books)
    lines = kept(saved)
    lines[1] += "<Desc>Slab</Desc><Quantity>4</Quantity><Amount>100.00</Amount>"
    line = lines_of(ask(books.file, order_mod(saved, *lines))[0])[1]
    assert [line.findtext(tag) for tag in ("Desc", "Quantity", "Rate", "Amount")] == ["Slab", "4", "25.00", "100.00"]


def test_two_mods_in_a_row_need_the_newest_edit_sequence_even_within_one_second(books: Contractor) -> None:
    saved = three_lines(books)
    first = ask(books.file, order_mod(saved, header="<Memo>1</Memo>"))[0]
    stale = ask(books.file, order_mod(saved, header="<Memo>2</Memo>"))[0]
    fresh = ask(books.file, order_mod(first[0], header="<Memo>3</Memo>"))[0]
    assert [status(answer) for answer in (first, stale, fresh)] == [0, 3200, 0]
    assert stale.get("statusMessage") == (
        f'The provided edit sequence "{saved.findtext("EditSequence")}" is out-of-date. '
    )


def test_a_persons_edit_makes_the_edit_sequence_stale(books: Contractor) -> None:
    saved = three_lines(books)
    books.file.edit_purchase_order_line(saved.findtext("TxnID") or "", 1, Amount="600.00")
    assert status(ask(books.file, order_mod(saved, *kept(saved)))[0]) == 3200
    assert books.file.records("PurchaseOrder")[0]["TotalAmount"] == "600.00"


def test_a_deleted_order_cannot_be_found(books: Contractor) -> None:
    saved = three_lines(books)
    books.file.delete(saved.findtext("TxnID") or "")
    assert status(ask(books.file, order_mod(saved, *kept(saved)))[0]) == 3120


def test_a_line_that_is_not_of_this_order_fails_the_mod_and_changes_nothing(books: Contractor) -> None:
    saved = three_lines(books)
    answer = ask(books.file, order_mod(saved, kept(saved)[0], "<TxnLineID>FFFF-1</TxnLineID>"))[0]
    assert status(answer) == 3120
    assert len(books.file.records("PurchaseOrder")[0]["PurchaseOrderLineRet"]) == 3


def test_an_order_someone_has_open_is_locked_for_the_moment(books: Contractor) -> None:
    saved = three_lines(books)
    books.file.open_by_someone(saved.findtext("TxnID") or "")
    answer = ask(books.file, order_mod(saved, *kept(saved)))[0]
    assert (status(answer), "internals could not be locked" in answer.attrib["statusMessage"]) == (3175, True)
    books.file.open_by_someone(saved.findtext("TxnID") or "", opened=False)
    assert status(ask(books.file, order_mod(saved, *kept(saved)))[0]) == 0
