"""Hands a company file requests as text and reads its answers as elements."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks import CompanyFile


def message_set(*requests: str, version: str = "13.0", **attributes: str) -> str:
    """A whole qbXML text; onError is continueOnError unless given."""
    pairs = {"onError": "continueOnError", **attributes}
    written = "".join(f' {name}="{value}"' for name, value in pairs.items())
    return (
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'
        f"<QBXML><QBXMLMsgsRq{written}>{''.join(requests)}</QBXMLMsgsRq></QBXML>"
    )


def answers(text: str) -> list[etree._Element]:
    """The answers in a response, in order."""
    return list(etree.fromstring(text)[0])


def ask(company: CompanyFile, *requests: str, **attributes: str) -> list[etree._Element]:
    """What the company file answers to these requests."""
    return answers(company.process(message_set(*requests, **attributes)))


def status(answer: etree._Element) -> int:
    """The status code of one answer."""
    return int(answer.attrib["statusCode"])


def vendor_add(name: str, more: str = "", request_id: str = "1") -> str:
    """A VendorAdd."""
    return f'<VendorAddRq requestID="{request_id}"><VendorAdd><Name>{name}</Name>{more}</VendorAdd></VendorAddRq>'


def order_add(vendor: str, *lines: str, header: str = "", footer: str = "") -> str:
    """A PurchaseOrderAdd whose lines are given without their own tag."""
    written = "".join(f"<PurchaseOrderLineAdd>{line}</PurchaseOrderLineAdd>" for line in lines)
    return (
        "<PurchaseOrderAddRq><PurchaseOrderAdd>"
        f"<VendorRef><ListID>{vendor}</ListID></VendorRef>{header}{footer}{written}"
        "</PurchaseOrderAdd></PurchaseOrderAddRq>"
    )


def order_mod(order: etree._Element, *lines: str, header: str = "", edit_sequence: str = "") -> str:
    """A PurchaseOrderMod of an order as last answered; each line is written with its TxnLineID inside."""
    sequence = edit_sequence or order.findtext("EditSequence")
    written = "".join(f"<PurchaseOrderLineMod>{line}</PurchaseOrderLineMod>" for line in lines)
    return (
        f"<PurchaseOrderModRq><PurchaseOrderMod><TxnID>{order.findtext('TxnID')}</TxnID>"
        f"<EditSequence>{sequence}</EditSequence>{header}{written}</PurchaseOrderMod></PurchaseOrderModRq>"
    )


def kept(order: etree._Element) -> list[str]:
    """The lines of an order, each listed only by its id."""
    return [f"<TxnLineID>{line.findtext('TxnLineID')}</TxnLineID>" for line in order.iterfind("PurchaseOrderLineRet")]


def estimate_add(customer: str, *lines: str, header: str = "") -> str:
    """An EstimateAdd whose lines are given without their own tag."""
    written = "".join(f"<EstimateLineAdd>{line}</EstimateLineAdd>" for line in lines)
    ref = f"<CustomerRef><ListID>{customer}</ListID></CustomerRef>"
    return f"<EstimateAddRq><EstimateAdd>{ref}{header}{written}</EstimateAdd></EstimateAddRq>"


def estimate_mod(estimate: etree._Element, *lines: str, header: str = "") -> str:
    """An EstimateMod of an estimate as last answered; each line is written with its TxnLineID inside."""
    return _mod("Estimate", estimate, header + "".join(f"<EstimateLineMod>{line}</EstimateLineMod>" for line in lines))


def bill_add(vendor: str, *lines: str, header: str = "", whole_orders: str = "", expenses: str = "") -> str:
    """A BillAdd whose item lines are given without their own tag; expenses are written whole."""
    written = "".join(f"<ItemLineAdd>{line}</ItemLineAdd>" for line in lines)
    return (
        f"<BillAddRq><BillAdd><VendorRef><ListID>{vendor}</ListID></VendorRef>{header}{whole_orders}{expenses}{written}"
        "</BillAdd></BillAddRq>"
    )


def bill_mod(bill: etree._Element, *lines: str, header: str = "") -> str:
    """A BillMod of a bill as last answered; each item line is written with its TxnLineID inside."""
    return _mod("Bill", bill, header + "".join(f"<ItemLineMod>{line}</ItemLineMod>" for line in lines))


def link(order: etree._Element, position: int) -> str:
    """The LinkToTxn of one line of an order; ``position`` counts from 0."""
    line = order.findall("PurchaseOrderLineRet")[position]
    ids = f"<TxnID>{order.findtext('TxnID')}</TxnID><TxnLineID>{line.findtext('TxnLineID')}</TxnLineID>"
    return f"<LinkToTxn>{ids}</LinkToTxn>"


def query(kind: str, inner: str = "<IncludeLineItems>true</IncludeLineItems>", attributes: str = "") -> str:
    """A query of one kind of record."""
    return f"<{kind}QueryRq {attributes}>{inner}</{kind}QueryRq>"


def ids_of(record: etree._Element, line: str) -> list[str]:
    """The lines of a record, each listed only by its id."""
    return [f"<TxnLineID>{each.findtext('TxnLineID')}</TxnLineID>" for each in record.iterfind(line)]


def _mod(kind: str, record: etree._Element, inner: str) -> str:
    named = f"<TxnID>{record.findtext('TxnID')}</TxnID><EditSequence>{record.findtext('EditSequence')}</EditSequence>"
    return f"<{kind}ModRq><{kind}Mod>{named}{inner}</{kind}Mod></{kind}ModRq>"
