"""How an Estimate gets into QuickBooks: added once, and from then on only lines below those it has."""

from __future__ import annotations

from collections.abc import Sequence

from app.items import estimate
from app.items.base import Again, Ask, BindingView, Content, Done, Hold, Record, Refuse, Reply, Situation, Step

#: An Estimate somebody keeps editing, or that keeps getting lost, is not chased for ever.
MOST_TRIES = 3

GRAMMAR = """
EstimateAddRq: EstimateAdd!, $Answer
EstimateAdd: CustomerRef! ref(209), TemplateRef ref(31) since 3.0, TxnDate date, RefNumber str(11),
    BillAddress Address, ShipAddress Address since 7.0, IsActive bool since 3.0, PONumber str(25), TermsRef ref(31),
    DueDate date, FOB str(13), Memo str(4095), IsToBeEmailed bool since 6.0, IsTaxIncluded bool since 6.0 not US,
    Other str(29) since 6.0, ExchangeRate float since 8.0, EstimateLineAdd+
EstimateLineAdd: ItemRef ref, Desc str(4095), Quantity quan, UnitOfMeasure str(31) since 7.0, Rate price,
    Amount amt, SalesTaxCodeRef ref(3), (MarkupRate price | MarkupRatePercent percent), Other1 str(29) since 6.0,
    Other2 str(29) since 6.0

EstimateModRq: EstimateMod!, $Answer
EstimateMod: TxnID! id, EditSequence! id(16), CustomerRef ref(209), TemplateRef ref(31), TxnDate date,
    RefNumber str(11), BillAddress Address, ShipAddress Address since 7.0, IsActive bool, PONumber str(25),
    TermsRef ref(31), DueDate date, FOB str(13), Memo str(4095), IsToBeEmailed bool since 6.0,
    IsTaxIncluded bool since 6.0 not US, Other str(29) since 6.0, ExchangeRate float since 8.0, EstimateLineMod*
EstimateLineMod: TxnLineID! id, ItemRef ref, Desc str(4095), Quantity quan, UnitOfMeasure str(31) since 7.0,
    Rate price, Amount amt, SalesTaxCodeRef ref(3), (MarkupRate price | MarkupRatePercent percent),
    Other1 str(29) since 6.0, Other2 str(29) since 6.0

EstimateQueryRq iterates: $TxnQuery
"""


def next_step(now: Situation) -> Step:
    """What to do next for a budget's document."""
    last = now.last
    if last is not None and last.outcome == "retry":
        return Again(last.sentence)
    if not now.document["written"]:
        return _first_export(now, last)
    if now.own is None:
        raise KeyError(f"the Estimate of {now.document['project_name']}")
    return _export_again(now, last, now.own)


# -- the first time ------------------------------------------------------------------------------------------------


def _first_export(now: Situation, last: Reply | None) -> Step:
    refs = {"customer": _job(now), "items": _items(now)}
    if last is None or (last.step == "add" and last.outcome == "unrun"):
        return Ask("add", writes=True, context={"refs": refs})
    if last.outcome in {"unknown", "unrun"}:
        return Ask("look", writes=False, context={"refs": refs})
    if last.step == "look" and last.outcome in {"found", "empty"}:
        ours = next((record for record in last.records if record.text("Memo") == now.marker), None)
        if ours is not None:
            return _done(now, ours, _ids(ours), adopted=True)
        if now.tried("add") < MOST_TRIES:
            return Ask("add", writes=True, context={"refs": refs})
        return Refuse(
            "QuickBooks lost this Estimate three times without saying why.",
            "Ask whoever looks after QuickBooks to check the file (Verify Data), then retry.",
        )
    if last.outcome == "saved" and last.records:
        return _done(now, last.records[0], _ids(last.records[0]))
    return Refuse(last.sentence, last.what_to_do)


# -- from then on --------------------------------------------------------------------------------------------------


def _export_again(now: Situation, last: Reply | None, own: BindingView) -> Step:
    if last is None or last.outcome in {"unknown", "stale", "unrun"}:
        # Also where it was answered in this very session: a line somebody made by hand must be named, or it is deleted.
        return Ask("read", writes=False, context={"refs": {"txn_id": own.quickbooks_id}})
    if last.step == "read":
        return _after_read(now, last, own)
    if last.outcome == "saved" and last.records:
        return _done(now, last.records[0], _ours(now, last.records[0], own))
    return Refuse(last.sentence, last.what_to_do)


def _after_read(now: Situation, read: Reply, own: BindingView) -> Step:
    project = now.document["project_name"]
    if read.outcome in {"empty", "missing"}:
        return Hold(
            rule="budget-estimate-there",
            sentence=f"The Estimate of {project} is no longer in QuickBooks.",
            what_to_do="Find out who deleted it. To have it made again, reject this change and unlink the budget, "
            "then send and accept it anew.",
        )
    if read.outcome not in {"found", "saved"} or not read.records:
        return Refuse(read.sentence, read.what_to_do)
    record = read.records[0]
    added = _added(now, record)
    if added or not now.document["lines"]:
        return _done(now, record, _ours(now, record, own), adopted=bool(added))
    if record.all("EstimateLineGroupRet"):
        return Hold(
            rule="budget-estimate-without-groups",
            sentence=f"Somebody put a group of items on the Estimate of {project}; a change would break it up.",
            what_to_do="Replace the group by plain lines in QuickBooks, then accept the budget again.",
        )
    present = _ids(record)
    if now.doubtful("mod") and set(present) != set(own.lines):
        return Hold(
            rule="budget-estimate-unchanged",
            sentence=f"Somebody changed the Estimate of {project} in QuickBooks while this change was on its way: "
            f"it has {len(present)} lines, {len(own.lines)} were expected.",
            what_to_do="Look at the Estimate in QuickBooks, then accept the budget again.",
        )
    if now.tried("mod") >= MOST_TRIES:
        return Refuse(
            f"The Estimate of {project} kept changing; {MOST_TRIES} tries did not get through.",
            "Wait until nobody is working on the Estimate in QuickBooks, then retry.",
        )
    return _mod(now, record, own)


def _mod(now: Situation, record: Record, own: BindingView) -> Step:
    items = _items_on(now, record, own) | _items(now)
    if lost := [line["code"] for line in now.document["lines"] if line["cost_code"] not in items]:
        return Hold(
            rule="budget-taken-off-line-there",
            sentence=f"{lost[0]} was taken off the budget, and its line is no longer on the Estimate either.",
            what_to_do="Put the line back on the Estimate in QuickBooks, or the code back on the budget in Procore.",
        )
    refs: Content = {
        "txn_id": own.quickbooks_id,
        "edit_sequence": record.text("EditSequence"),
        "lines": _ids(record),
        "items": items,
    }
    return Ask("mod", writes=True, context={"refs": refs})


# -- what both share -----------------------------------------------------------------------------------------------


def beside(now: Situation, record: Record, ours: Sequence[str]) -> list[str]:
    """What QuickBooks holds otherwise than the document says; ``ours`` are the TxnLineIDs of its lines, in order."""
    lines = [*now.document["written"], *now.document["lines"]]
    found = estimate.differences(lines, ours[: len(lines)], record, _items(now))
    if record.text("CustomerRef/ListID") != _job(now):
        found.append(f"QuickBooks has it under {record.text('CustomerRef/FullName') or 'no job'}")
    if record.text("TxnDate") != now.document["date"]:
        found.append(f"Date: QuickBooks saved {record.text('TxnDate')}, approved {now.document['date']}")
    return found


def _done(now: Situation, record: Record, ours: Sequence[str], *, adopted: bool = False) -> Done:
    return Done(
        record="Estimate",
        quickbooks_id=record.text("TxnID"),
        edit_sequence=record.text("EditSequence"),
        full_name=record.text("RefNumber") or record.text("CustomerRef/FullName"),
        lines=tuple(dict.fromkeys([*ours, *_ids(record)])),
        differences=tuple(beside(now, record, ours)),
        adopted=adopted,
    )


def _ids(record: Record) -> list[str]:
    return [row.text("TxnLineID") for row in record.all("EstimateLineRet")]


def _added(now: Situation, record: Record) -> list[str]:
    return [row.text("TxnLineID") for row in record.all("EstimateLineRet") if row.text("Other1") == now.marker]


def _ours(now: Situation, record: Record, own: BindingView) -> list[str]:
    """The TxnLineIDs of the document's lines, in its order: those bound before, then those just added."""
    return [*own.lines[: len(now.document["written"])], *_added(now, record)]


def _job(now: Situation) -> str:
    return now.bound["project", now.document["project"]].quickbooks_id


def _items(now: Situation) -> dict[str, str]:
    """QuickBooks' items by cost code, of the codes the budget still has."""
    return {code: view.quickbooks_id for (kind, code), view in now.bound.items() if kind == "cost_code"}


def _items_on(now: Situation, record: Record, own: BindingView) -> dict[str, str]:
    """The same of the lines QuickBooks holds: the Estimate itself names the item of a code taken off the budget."""
    rows = {row.text("TxnLineID"): row.text("ItemRef/ListID") for row in record.all("EstimateLineRet")}
    known = zip(now.document["written"], own.lines, strict=False)
    return {line["cost_code"]: rows[line_id] for line, line_id in known if line_id in rows}
