"""The company file held against the documents' own schema and samples, when they lie beside the project."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

from app.sandbox.quickbooks import CompanyFile, ProcessError
from tests.sandbox.quickbooks.asking import (
    answers,
    bill_add,
    bill_mod,
    estimate_add,
    estimate_mod,
    ids_of,
    kept,
    link,
    message_set,
    order_add,
    order_mod,
    query,
    status,
    vendor_add,
)
from tests.sandbox.quickbooks.conftest import Contractor, furnish

ORACLE = Path(__file__).parents[4] / "shared" / "quickbooks"
pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="the documents are not at ../shared/quickbooks")
FAMILIES = (
    r"(?:Vendor|Customer|ItemService|Account|PurchaseOrder|Estimate|Bill|BillPaymentCheck|BillPaymentCreditCard|"
    r"Host|Company|Preferences|JobReport|CustomDetailReport)"
)
BEYOND = {"Version_too_old_for_element.xml": "elements newer than the version named are not checked"}


@pytest.fixture(scope="module")
def validate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("qbxml_validate", ORACLE / "validate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def samples(folder: str) -> list[Path]:
    """The samples made only of requests this company file has families for."""
    found = sorted((ORACLE / "samples" / folder).glob("*.xml")) if ORACLE.is_dir() else []
    requests = {path: re.findall(r"<(\w+)Rq\b(?=[^>]*requestID)", path.read_text("utf-8")) for path in found}
    known = re.compile(FAMILIES + r"(?:Add|Mod|Query)")
    mods = re.compile(r"(?:Vendor|Customer|ItemService)Mod")
    return [
        path
        for path, names in requests.items()
        if names and all(known.fullmatch(name) and not mods.fullmatch(name) for name in names)
    ]


def company_for(path: Path) -> CompanyFile:
    return CompanyFile(":memory:", edition="CA" if "@CA" in path.name else "US", versions=("12.0", "13.0"))


@pytest.mark.parametrize("path", samples("valid"), ids=lambda path: path.name)
def test_it_reads_every_valid_sample_of_its_families(path: Path) -> None:
    assert answers(company_for(path).process(path.read_text("utf-8")))


@pytest.mark.parametrize("path", samples("invalid"), ids=lambda path: path.name)
def test_it_refuses_every_invalid_sample_of_its_families(path: Path) -> None:
    if path.name in BEYOND:
        pytest.skip(BEYOND[path.name])
    try:
        response = company_for(path).process(path.read_text("utf-8"))
    except ProcessError:
        return
    assert 'messageSetStatusCode="9004"' in response or all(status(answer) > 3000 for answer in answers(response))


def problems(validate: ModuleType, text: str, edition: str, schema: str = "modified") -> list[str]:
    _, results = validate.validate_text(text.encode(), edition, which=schema)
    return [f"{label}: {problem}" for label, found in results for problem in found]


@pytest.mark.parametrize("edition", ["US", "CA"])
def test_every_kind_of_answer_is_valid_by_the_schema(validate: ModuleType, edition: str) -> None:
    books = furnish(CompanyFile(":memory:", edition=edition))
    for response in _conversation(books):
        assert problems(validate, response, edition) == []


def test_the_handshake_is_valid_by_the_schema(validate: ModuleType, books: Contractor) -> None:
    books.file.set_preference("ClosingDate", "2025-12-31")
    owner = "{11111111-2222-4333-8444-555555555555}"
    assert problems(validate, books.file.hcp(owner, owner), "US") == []


@pytest.mark.parametrize("edition", ["US", "CA"])
def test_every_request_and_answer_about_money_is_valid_by_the_schema(validate: ModuleType, edition: str) -> None:
    books = furnish(CompanyFile(":memory:", edition=edition))
    for request, response in _about_money(books, edition):
        assert problems(validate, request, edition, "strict") == []
        assert problems(validate, response, edition) == []


def _about_money(books: Contractor, edition: str) -> list[tuple[str, str]]:
    """Estimates, bills, payments, removals and reports: each request with its answer, saved, warned and refused."""
    file, said = books.file, []

    def say(*requests: str) -> list[etree._Element]:
        said.append((message_set(*requests), file.process(message_set(*requests))))
        return answers(said[-1][1])

    file.add_tax_code("H", rate="13")
    file.add_tax_code("E")
    file.add_terms("Net 10", 10)
    file.set_preference("HomeCurrency", file.add_currency("Dollar", "USD"))
    file.set_preference("DefaultMarkup", "13")
    file.add_account("Accounts Payable", "AccountsPayable")
    bank, card = file.add_account("Bank", "Bank"), file.add_account("Card", "CreditCard")
    job = f"<CustomerRef><ListID>{books.job}</ListID></CustomerRef>"
    item = f"<ItemRef><ListID>{books.item}</ListID></ItemRef>"
    priced = "<Quantity>2</Quantity><Amount>500.00</Amount>"
    markup = "<MarkupRatePercent>5</MarkupRatePercent><Other1>tie:a</Other1>"
    tax = "<SalesTaxCodeRef><FullName>H</FullName></SalesTaxCodeRef>" if edition == "CA" else ""
    estimate, warned, order = say(
        estimate_add(
            books.job, item + priced, item + priced + markup, "<Desc>n</Desc>", header="<RefNumber>B</RefNumber>"
        ),
        estimate_add(books.job, f"{item}<Rate>1.00</Rate><Amount>2.00</Amount>"),
        order_add(books.vendor, item + priced + job + tax, item + priced + job, header="<RefNumber>SC-1</RefNumber>"),
    )
    say(estimate_mod(estimate[0], *ids_of(estimate[0], "EstimateLineRet"), "<TxnLineID>-1</TxnLineID><Desc>x</Desc>"))
    account = f"<AccountRef><ListID>{books.expense}</ListID></AccountRef><Amount>5.00</Amount><Memo>f</Memo>{job}"
    header = "<TxnDate>2026-03-25</TxnDate><RefNumber>1047</RefNumber><TermsRef><FullName>Net 10</FullName></TermsRef>"
    expense = f"<ExpenseLineAdd>{account}</ExpenseLineAdd>"
    linked = "<Quantity>1</Quantity><Amount>250.00</Amount>" + link(order[0], 0)
    retained = f"{item}<Amount>-25.00</Amount>{job}{tax}"
    bill = say(bill_add(books.vendor, linked, retained, header=header, expenses=expense))[0][0]
    say(bill_mod(bill, *ids_of(bill, "ItemLineRet")), bill_add(books.vendor, f"{item}<Amount>-1.00</Amount>"))
    whole = f"<LinkToTxnID>{order[0].findtext('TxnID')}</LinkToTxnID>"
    say(bill_add(books.vendor, whole_orders=whole), bill_add(books.vendor, whole_orders=whole, expenses=expense))
    txn_id = bill.findtext("TxnID") or ""
    credit = file.enter_vendor_credit(books.vendor, {"ItemRef": {"ListID": books.item}, "Amount": "50.00"})
    file.pay_bill(txn_id, "10.00", bank=bank, credits={credit: "5.00"}, discount="1.00", discount_account=books.expense)
    file.pay_bill(txn_id, "10.00", card=card)
    payee = f"<PayeeEntityRef><ListID>{books.vendor}</ListID></PayeeEntityRef>"
    applied = f"<AppliedToTxnAdd><TxnID>{txn_id}</TxnID><PaymentAmount>1.00</PaymentAmount></AppliedToTxnAdd>"
    from_bank = f"<BankAccountRef><ListID>{bank}</ListID></BankAccountRef><IsToBePrinted>1</IsToBePrinted>"
    added = f"<BillPaymentCheckAdd>{payee}{from_bank}{applied}</BillPaymentCheckAdd>"
    payment = say(f"<BillPaymentCheckAddRq>{added}</BillPaymentCheckAddRq>")[0].findtext(".//TxnID")
    both = "<IncludeLineItems>true</IncludeLineItems><IncludeLinkedTxns>true</IncludeLinkedTxns>"
    lists = ("SalesTaxCode", "Terms", "StandardTerms", "Currency", "Vendor", "Customer", "Preferences", "Item")
    say(*(query(kind, both) for kind in ("Estimate", "PurchaseOrder", "Bill")), *(query(kind, "") for kind in lists))
    say(query("BillPaymentCheck"), query("BillPaymentCreditCard"), query("Bill", "<PaidStatus>PaidOnly</PaidStatus>"))
    entity = f"<ReportEntityFilter><ListID>{books.job}</ListID></ReportEntityFilter>"
    every, columns = (
        "<ReportDateMacro>All</ReportDateMacro>",
        ("TxnType", "TxnID", "Date", "Item", "Amount", "PaidStatus"),
    )
    job_report = f"<JobReportType>JobEstimatesVsActualsDetail</JobReportType>{every}{entity}"
    shown = "<SummarizeRowsBy>{}</SummarizeRowsBy>" + "".join(
        f"<IncludeColumn>{name}</IncludeColumn>" for name in columns
    )
    custom = f"<CustomDetailReportType>CustomTxnDetail</CustomDetailReportType>{every}{entity}{shown}"
    say(
        query("JobReport", job_report),
        query("CustomDetailReport", custom.format("ItemDetail") + "<ReportBasis>Cash</ReportBasis>"),
        query("CustomDetailReport", custom.format("TotalOnly")),
        query("GeneralDetailReport", "<GeneralDetailReportType>OpenPOs</GeneralDetailReportType>"),
    )
    say(f"<TxnVoidRq><TxnVoidType>BillPaymentCheck</TxnVoidType><TxnID>{payment}</TxnID></TxnVoidRq>")
    say(f"<TxnDelRq><TxnDelType>Bill</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>")
    other = file.add_vendor("Acme")
    say(f"<ListDelRq><ListDelType>Vendor</ListDelType><ListID>{other}</ListID></ListDelRq>")
    say(
        "<TxnDeletedQueryRq><TxnDelType>Bill</TxnDelType></TxnDeletedQueryRq>",
        "<ListDeletedQueryRq><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>",
        query("BillPaymentCheck"),
        query("Bill", both),
    )
    file.set_preference("ClosingDate", "2037-12-31")
    say(bill_add(books.vendor), query("Preferences", ""))
    assert [status(answer) for answer in (estimate, warned, order)] == [0, 530, 0]
    return said


def _conversation(books: Contractor) -> list[str]:
    """Answers of every kind, found and not found, saved, warned and refused."""
    file = books.file
    file.add_employee("Pat Moss")
    file.add_other_name("Petty Cash")
    file.add_item("ItemInventory", "Rebar", SalesDesc="Bars")
    file.add_item("ItemDiscount", "Rebate", DiscountRate="5.00")
    file.add_item("ItemNonInventory", "Nails", SalesOrPurchase={"AccountRef": {"ListID": books.expense}})
    address = "<VendorAddress><Addr1>1 Way</Addr1><City>Ojai</City><PostalCode>93023</PostalCode></VendorAddress>"
    ship_to = "<ShipAddress><Addr1>2 Way</Addr1></ShipAddress>"
    customer = f"<CustomerAddRq><CustomerAdd><Name>Annex</Name>{ship_to}<Notes>n</Notes></CustomerAdd></CustomerAddRq>"
    line = (
        f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Quantity>3</Quantity><Rate>1.00</Rate>"
        f"<Amount>500.00</Amount><CustomerRef><ListID>{books.job}</ListID></CustomerRef><Other1>tie:a</Other1>"
    )
    first = message_set(
        vendor_add("Acme &amp; Sons", address + "<Phone>1</Phone><Notes>A\nB</Notes>", "a"),
        vendor_add("Acme &amp; Sons", "", "b"),
        customer,
        order_add(
            books.vendor, "<Desc>Title</Desc>", line, header="<RefNumber>SC-1</RefNumber>", footer="<Memo>m</Memo>"
        ),
        newMessageSetID="set-1",
    )
    texts = [file.process(first), file.process(first.replace("Title", "Other"))]
    order = answers(texts[0])[3][0]
    texts.append(file.process(message_set(order_mod(order, *kept(order), "<TxnLineID>-1</TxnLineID><Desc>x</Desc>"))))
    texts.append(file.process(message_set(order_mod(order, *kept(order)))))
    families = ("Vendor", "Customer", "Account", "ItemService", "Item", "Entity", "Employee", "OtherName")
    queries = [f"<{family}QueryRq/>" for family in (*families, "Host", "Company", "Preferences")]
    queries.append("<PurchaseOrderQueryRq><IncludeLineItems>true</IncludeLineItems></PurchaseOrderQueryRq>")
    queries.append('<VendorQueryRq iterator="Start"><MaxReturned>1</MaxReturned></VendorQueryRq>')
    queries.append("<VendorQueryRq><FullName>Nobody</FullName></VendorQueryRq>")
    return [*texts, file.process(message_set(*queries))]
