"""Payments on their way to Procore, and out of it again: each exactly once, though an answer may be lost."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from app.core import clock, money, text
from app.core.errors import Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, IssuedPayment, Item, Revision, StagedRecord
from app.items import registry
from app.items.base import Content
from app.items.ports import Procore
from app.procore import ProcoreError
from app.services import intake, moves, payments, procore_mode, retries
from app.services.linking import pair
from app.services.payments import PAYMENT, PAYMENTS
from app.services.unit import Work, work
from state_machines.staging import STAGED

PROCORE = "Procore"
BATCH = 50
#: The reason is the one of the request that asks for them.
NOT_BY_TOOL = registry.kind(PAYMENT).erp_events[0].why
PATH = "/rest/v1.0/contract_payments"


@dataclass(frozen=True)
class _Due:
    """One payment with the invoice it belongs to."""

    key: str
    found: Content
    fields: Content
    invoice: str  # Procore's id
    number: int
    project_id: int
    contract_id: int
    procore_id: str  # of the payment, once there is one
    remove: bool
    anyway: bool

    @property
    def commitment(self) -> Content:
        """Where the payment stands in Procore."""
        return {"project_id": self.project_id, "contract_id": self.contract_id}


def run(database: Database, connection_id: int, procore: Procore) -> int:
    """Bring Procore up to date; what fails waits longer each time, what is refused waits for a person.

    Raises where Procore itself has trouble: nothing else is worth asking now.
    """
    done = 0
    by_tool = procore_mode.is_erp(database, connection_id)
    for due in _due(database, connection_id):
        try:
            if by_tool:
                raise Refusal(NOT_BY_TOOL, code="erp_platform")
            if due.remove:
                _remove(procore, due)
                with work(database, connection_id) as unit:
                    _removed(unit, due)
            else:
                record = _issued_before(procore, due) or _issue(procore, due)
                intake.take_back(database, connection_id, PAYMENT, {**record, "requisition_id": int(due.invoice)})
                with work(database, connection_id) as unit:
                    _join(unit, due, str(record["id"]))
            done += 1
        except TieoutError as problem:
            if retries.must_wait(problem):
                raise
            with work(database, connection_id) as unit:
                _failed(unit, due, problem)
            if retries.is_away(problem):
                raise
    return done


def waits(database: Database, connection_id: int) -> bool:
    """Whether anything is due."""
    return bool(_due(database, connection_id))


def _due(database: Database, connection_id: int) -> list[_Due]:
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
        rows = [one for one in session.execute(query) if one[0].removed_by or money.money(one[0].found["amount"])]
        rows = rows[:BATCH]
        issued = {one.item_id for one, _, _ in rows if one.item_id is not None}
        ids = select(Item.id, Item.procore_id).where(Item.id.in_(issued))
        procore_ids = {one.id: one.procore_id for one in session.execute(ids)}
    return [
        _Due(
            key=one.key,
            found=one.found,
            fields=payments.fields_for(one.found, setting),
            invoice=invoice.procore_id,
            number=content["number"],
            project_id=content["project_id"],
            contract_id=content["commitment_id"],
            procore_id=procore_ids.get(one.item_id, ""),
            remove=bool(one.removed_by),
            anyway=bool(one.anyway_by),
        )
        for one, invoice, content in rows
    ]


# -- into Procore --------------------------------------------------------------------------------------------------


def _issued_before(procore: Procore, due: _Due) -> Content | None:
    """The payment of this origin, which an earlier call made whose answer was lost.

    Procore has no filter for it. A like one that somebody keyed there stops the payment until a person decides.
    """
    there = _there(procore, due)
    mine = _of_origin(there, due)
    if mine is not None or due.anyway:
        return mine
    if alike := next((row for row in there if _is_alike(row, due)), None):
        raise Refusal(
            f"Procore already has a payment of {money.shown(money.money(alike['amount']))} on this commitment that "
            f"somebody keyed there{_said(alike)}, so nothing was added.",
            "Delete that one in Procore and try again, or add this one beside it.",
            code="keyed_by_hand",
        )
    return None


def _there(procore: Procore, due: _Due) -> list[Content]:
    return list(procore.pages(PATH, **due.commitment))


def _of_origin(there: list[Content], due: _Due) -> Content | None:
    return next((row for row in there if row.get("origin_id") == due.key), None)


def _is_alike(row: Content, due: _Due) -> bool:
    if row.get("origin_id") or money.money(row["amount"]) != money.money(due.fields["amount"]):
        return False
    pairs = (("check_number", row.get("check_number")), ("invoice_number", row.get("invoice_number")))
    return any(said and text.same_name(said) == text.same_name(due.fields[name] or "") for name, said in pairs)


def _said(row: Content) -> str:
    named = {"check": row.get("check_number"), "invoice": row.get("invoice_number")}
    told = " and ".join(f"{what} {number}" for what, number in named.items() if number)
    return f" with {told}" if told else ""


def _issue(procore: Procore, due: _Due) -> Content:
    """Made with its origin in the same call: Procore never takes one origin twice."""
    fields = {**due.fields, "draw_request_number": due.number, "origin_id": due.key}
    try:
        made: Content = procore.post(PATH, {**due.commitment, "contract_payment": fields})
    except ProcoreError as problem:
        found = _of_origin(_there(procore, due), due) if retries.is_for_good(problem) else None
        if found is None:
            raise
        return found
    return made


def _join(unit: Work, due: _Due, procore_id: str) -> None:
    """The payment becomes an item, bound to what QuickBooks has of it."""
    row = unit.session.get_one(IssuedPayment, (unit.connection.id, due.key))
    item = _item(unit, procore_id)
    if unit.session.get(Binding, item.id) is None:
        pair(unit, item, _part(unit, due.key), "add", payments.QUICKBOOKS, "paid in QuickBooks:")
    row.item_id, row.told = item.id, due.found
    row.tries, row.problem, row.anyway_by = 0, "", ""
    item.difference = payments.exception(row)  # it may have changed again meanwhile
    unit.trail.add(Tag.PAYMENT_ISSUED, PROCORE, item.id, key=due.key, **due.commitment, fields=due.fields)


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
    row = unit.session.get_one(IssuedPayment, (unit.connection.id, due.key))
    item = _item(unit, due.procore_id)
    if binding := unit.session.get(Binding, item.id):
        moves.move(unit, item, "unlink", row.removed_by, reason="removed from Procore")
        unit.session.delete(binding)
        STAGED.move(_part(unit, due.key), "unlink")
    item.sent_revision_id = item.written_revision_id = None
    item.difference = ""
    item.problem, item.remedy = "Removed from Procore: QuickBooks no longer has it so.", "Nothing is left to do."
    unit.trail.add(Tag.PAYMENT_REMOVED, PROCORE, item.id, key=due.key, asked_by=row.removed_by)
    row.item_id, row.told, row.removed_by, row.tries, row.problem = None, {}, "", 0, ""


def _failed(unit: Work, due: _Due, problem: TieoutError) -> None:
    row = unit.session.get_one(IssuedPayment, (unit.connection.id, due.key))
    retries.failed_or_refused(row, problem, unit.at)
    unit.trail.add(Tag.PAYMENT_FAILED, PROCORE, row.item_id, key=due.key, sentence=row.problem, tries=row.tries)
