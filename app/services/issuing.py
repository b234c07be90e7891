"""Payments on their way to Procore, and out of it again: each exactly once, though an answer may be lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import or_, select

from app.core import clock, money, text
from app.core.errors import Refusal
from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, IssuedPayment, Item, Revision, StagedRecord
from app.items import registry
from app.items.base import Content
from app.items.ports import Procore
from app.procore import ProcoreError
from app.services import intake, moves, payments, procore_mode, retries
from app.services.linking import pair
from app.services.outbox import Outbox, as_tried, made_once
from app.services.payments import PAYMENT, PAYMENTS
from app.services.tasks import Stop, never
from app.services.unit import Work, work
from state_machines.staging import STAGED

BATCH = 50
#: The reason is the one of the request that asks for them.
NOT_BY_TOOL = registry.kind(PAYMENT).erp_events[0].why
PATH = "/rest/v1.0/contract_payments"
#: The amount of a bill that was settled without money.
NOTHING = "0.00"
#: What Procore's answer shows of what is compared later. The method of a payment never changes: its id would.
ANSWERED = {"amount": "amount", "date": "date", "number": "check_number"}


@dataclass(frozen=True)
class _Due:
    """One payment as it was read, with the invoice it belongs to."""

    row: IssuedPayment
    invoice: Item
    content: Content  # what Procore said of the invoice
    procore_id: str  # of the payment, once there is one
    setting: str  # which day counts as the payment's

    @property
    def fields(self) -> Content:
        """As Procore is asked to make it."""
        return payments.fields_for(self.row.found, self.setting)

    @property
    def commitment(self) -> Content:
        """Where the payment stands in Procore."""
        return {"project_id": self.content["project_id"], "contract_id": self.content["commitment_id"]}


def run(database: Database, connection_id: int, procore: Procore, stop: Stop = never) -> int:
    """Bring Procore up to date; what fails waits longer each time, what is refused waits for a person.

    Raises where Procore itself has trouble: nothing else is worth asking now.
    """
    by_tool = procore_mode.is_erp(database, connection_id)

    def act(due: _Due) -> int:
        if by_tool:
            raise Refusal(NOT_BY_TOOL, code="erp_platform")
        if due.row.removed_by:
            _remove(procore, due)
            with work(database, connection_id) as unit:
                _removed(unit, due)
            return 1
        record = made_once(lambda: _issued_before(procore, due), lambda: _issue(procore, due))
        whole = {**record, "requisition_id": int(due.invoice.procore_id)}
        intake.take_back(database, connection_id, PAYMENT, whole)
        with work(database, connection_id) as unit:
            _join(unit, due, record)
        return 1

    box = Outbox(act, _rows, retries.failed_or_refused, _tell)
    return box.run(database, connection_id, _due(database, connection_id), stop)


def waits(database: Database, connection_id: int) -> bool:
    """Whether anything is due."""
    return bool(_due(database, connection_id, 1))


def _due(database: Database, connection_id: int, limit: int = BATCH) -> list[_Due]:
    row = IssuedPayment
    query = (
        select(row, Item, Revision.content)
        .join(Item, Item.id == row.invoice_id)
        .join(Revision, Revision.id == Item.seen_revision_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(
            row.connection_id == connection_id,
            ~row.refused,
            row.next_try_at <= clock.now(),
            # Whoever unlinked the invoice took its bill, and so the payment, away from it.
            or_(row.removed_by != "", row.item_id.is_(None) & (row.gone == "") & Binding.item_id.is_not(None)),
        )
        .order_by(row.key)
    )
    with database.reading() as session:
        setting = str(session.get_one(Connection, connection_id).settings.get("payment_date") or "")
        # What a discount or a credit settled alone is nothing to issue, and takes nobody's turn.
        found = session.execute(query.execution_options(yield_per=limit))
        rows = list(islice((one for one in found if one[0].removed_by or one[0].found["amount"] != NOTHING), limit))
        issued = {one.item_id for one, _, _ in rows if one.item_id is not None}
        ids = select(Item.id, Item.procore_id).where(Item.id.in_(issued))
        procore_ids = {one.id: one.procore_id for one in session.execute(ids)}
    return [
        _Due(
            row=one,
            invoice=invoice,
            content=content,
            procore_id=procore_ids.get(one.item_id, ""),
            setting=setting,
        )
        for one, invoice, content in rows
    ]


# -- into Procore --------------------------------------------------------------------------------------------------


def _issued_before(procore: Procore, due: _Due) -> Content | None:
    """The payment of this origin; Procore has no filter for it.

    A like one that somebody keyed there stops the payment until a person decides.
    """
    there = list(procore.pages(PATH, **due.commitment))
    mine = next((row for row in there if row.get("origin_id") == due.row.key), None)
    if mine is not None or due.row.anyway_by:
        return mine
    if alike := next((row for row in there if _is_alike(row, due)), None):
        raise Refusal(
            f"Procore already has a payment of {money.shown(money.money(alike['amount']))} on this commitment that "
            f"somebody keyed there{_said(alike)}, so nothing was added.",
            "Delete that one in Procore and try again, or add this one beside it.",
            code="keyed_by_hand",
        )
    return None


def _is_alike(row: Content, due: _Due) -> bool:
    if row.get("origin_id") or _amount(row.get("amount")) != due.fields["amount"]:
        return False
    pairs = (("check_number", row.get("check_number")), ("invoice_number", row.get("invoice_number")))
    return any(said and text.same_name(said) == text.same_name(due.fields[name] or "") for name, said in pairs)


def _said(row: Content) -> str:
    named = {"check": row.get("check_number"), "invoice": row.get("invoice_number")}
    told = " and ".join(f"{what} {number}" for what, number in named.items() if number)
    return f" with {told}" if told else ""


def _issue(procore: Procore, due: _Due) -> Content:
    fields = {**due.fields, "draw_request_number": due.content["number"], "origin_id": due.row.key}
    made: Content = procore.post(PATH, {**due.commitment, "contract_payment": fields})
    return made


def _join(unit: Work, due: _Due, record: Content) -> None:
    """The payment becomes an item, bound to what QuickBooks has of it."""
    row = unit.session.get_one(IssuedPayment, (unit.connection.id, due.row.key))
    item = _item(unit, str(record["id"]))
    if unit.session.get(Binding, item.id) is None:
        pair(unit, item, _part(unit, row.key), "add", payments.QUICKBOOKS, "paid in QuickBooks:")
    row.item_id, row.told = item.id, _told(due, record)
    row.tries, row.problem, row.anyway_by = 0, "", ""
    item.difference = payments.exception(row)  # it may have changed again meanwhile
    unit.trail.add(Tag.PAYMENT_ISSUED, PROCORE, item.id, key=row.key, **due.commitment, told=row.told)


def _told(due: _Due, record: Content) -> Content:
    """What Procore holds, in QuickBooks' words: an earlier call may have made it of what QuickBooks showed then."""
    other = {
        name: _amount(record[field]) if name == "amount" else str(record[field] or "").strip()
        for name, field in ANSWERED.items()
        if field in record
    }
    asked = {name: str(due.fields[field] or "").strip() for name, field in ANSWERED.items()}
    return {**due.row.found, **{name: said for name, said in other.items() if said != asked[name]}}


def _amount(said: object) -> str:
    """An amount of Procore's as QuickBooks writes it; what is no money at all, such as none, as it is."""
    try:
        return money.plain(money.money(str(said)))
    except money.NotMoney:
        return str(said or "")


def _item(unit: Work, procore_id: str) -> Item:
    query = select(Item).where(
        Item.connection_id == unit.connection.id, Item.kind == PAYMENT, Item.procore_id == procore_id
    )
    return unit.session.execute(query).scalar_one()


def _part(unit: Work, key: str) -> StagedRecord:
    row = StagedRecord
    query = select(row).where(row.connection_id == unit.connection.id, row.source == PAYMENTS, row.list_id == key)
    return unit.session.execute(query).scalar_one()


# -- out of Procore ------------------------------------------------------------------------------------------------


def _remove(procore: Procore, due: _Due) -> None:
    """Procore keeps what carries an origin from being deleted: that is taken off first. Both may be repeated."""
    path = f"{PATH}/{due.procore_id}"
    try:
        procore.patch(path, {**due.commitment, "contract_payment": {"origin_id": None, "origin_data": None}})
        procore.delete(path, **due.commitment)
    except ProcoreError as problem:
        if not retries.is_gone(problem):
            raise


def _removed(unit: Work, due: _Due) -> None:
    """The two are apart; a payment that QuickBooks still has comes anew, as it is now."""
    row = unit.session.get_one(IssuedPayment, (unit.connection.id, due.row.key))
    item = _item(unit, due.procore_id)
    if binding := unit.session.get(Binding, item.id):
        moves.move(unit, item, "unlink", row.removed_by, reason="removed from Procore")
        unit.session.delete(binding)
        STAGED.move(_part(unit, row.key), "unlink")
    item.sent_revision_id = item.written_revision_id = None
    item.difference = ""
    item.problem, item.remedy = "Removed from Procore: QuickBooks no longer has it so.", "Nothing is left to do."
    intake.deleted(unit, item)
    unit.trail.add(Tag.PAYMENT_REMOVED, PROCORE, item.id, key=row.key, asked_by=row.removed_by)
    row.item_id, row.told, row.removed_by, row.tries, row.problem = None, {}, "", 0, ""


# -- both ----------------------------------------------------------------------------------------------------------


def _rows(unit: Work, due: _Due) -> list[IssuedPayment]:
    row = unit.session.get(IssuedPayment, (unit.connection.id, due.row.key))
    return as_tried(row, due.row, "found", "gone", "removed_by", "anyway_by")


def _tell(unit: Work, due: _Due, row: IssuedPayment) -> None:
    unit.trail.add(Tag.PAYMENT_FAILED, PROCORE, row.item_id, key=row.key, sentence=row.problem, tries=row.tries)
