"""The company file held against the documents' own schema and samples, when they lie beside the project."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from app.sandbox.quickbooks import CompanyFile, ProcessError
from tests.sandbox.quickbooks.asking import answers, kept, message_set, order_add, order_mod, status, vendor_add
from tests.sandbox.quickbooks.conftest import Contractor, furnish

ORACLE = Path(__file__).parents[4] / "shared" / "quickbooks"
pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="the documents are not at ../shared/quickbooks")
FAMILIES = r"(?:Vendor|Customer|ItemService|Account|PurchaseOrder|Host|Company|Preferences)"
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


def problems(validate: ModuleType, response: str, edition: str) -> list[str]:
    _, results = validate.validate_text(response.encode(), edition, which="modified")
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
