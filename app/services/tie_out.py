"""The tie-out report: what Procore says and what QuickBooks holds, commitment by commitment, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.core import money
from app.db.engine import Database
from app.db.models import Connection, Item
from app.items import registry
from app.items.measures import BUDGETED, COMMITTED, INVOICED, PAID, RETAINED, WORDS
from app.services import reports, tie_out_reading
from app.services.payments import PAYMENTS
from app.services.reports import Cell, Readings, Sheet
from app.services.tie_out_facts import NOTHING, Facts, Side

LISTS = ("purchase_orders", "bills", "budget_estimates")
#: What stands in the rows of a commitment and of a budget.
OF_ORDER, OF_BUDGET = (COMMITTED, INVOICED, RETAINED, PAID), (BUDGETED,)

UNEXPLAINED = "Nothing that Tieout looked at explains it. Put the two records side by side."


@dataclass(frozen=True)
class Reason:
    """Why two amounts differ, or what to know beside them."""

    sentence: str
    item: Item | None = None
    measures: frozenset[str] = frozenset()  # which amounts it is about


@dataclass(frozen=True)
class Pair:
    """One measure in Procore, as approved, in QuickBooks: without the last, it was not read since it was written."""

    measure: str
    procore: Decimal
    approved: Decimal
    quickbooks: Decimal | None

    @property
    def words(self) -> tuple[str, str]:
        """What Procore and QuickBooks call it."""
        return WORDS[self.measure]

    @property
    def difference(self) -> Decimal:
        """What QuickBooks has above Procore."""
        return NOTHING if self.quickbooks is None else self.quickbooks - self.procore


@dataclass(frozen=True)
class Row:
    """One commitment with everything drawn on it, or one budget."""

    item: Item
    pairs: tuple[Pair, ...]
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]

    @property
    def differs(self) -> bool:
        """Whether the two sides disagree, or a person has something to look at."""
        return any(pair.difference for pair in self.pairs) or any(self.reasons)

    @property
    def compared(self) -> bool:
        """Whether QuickBooks was read of all of it since it was written."""
        return all(pair.quickbooks is not None for pair in self.pairs)

    def amount(self, measure: str) -> Decimal:
        """QuickBooks' amount, as far as it is known."""
        return next((pair.quickbooks or NOTHING for pair in self.pairs if pair.measure == measure), NOTHING)

    def why(self, pair: Pair) -> tuple[Reason, ...]:
        """The reasons that are about one measure."""
        return tuple(reason for reason in self.reasons if not reason.measures or pair.measure in reason.measures)


@dataclass(frozen=True)
class Job:
    """One project with its budget and its commitments."""

    name: str
    project: Item | None
    rows: tuple[Row, ...]

    @property
    def totals(self) -> tuple[Pair, ...]:
        """All rows together, measure by measure."""
        return totals(self.rows)


@dataclass(frozen=True)
class Report:
    """The whole report."""

    jobs: tuple[Job, ...]
    readings: Readings
    paid_as_of: datetime | None

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for job in self.jobs for row in job.rows)

    @property
    def differing(self) -> tuple[tuple[Job, Row], ...]:
        """The rows that do not tie out."""
        return tuple((job, row) for job in self.jobs for row in job.rows if row.differs)

    @property
    def sentence(self) -> str:
        """What it comes to, and what it cannot say yet."""
        many, off = len(self.rows), len(self.differing)
        unread = sum(not row.compared for row in self.rows)
        if not many:
            return "Nothing of money is in QuickBooks yet. Commitments and budgets appear here once they are synced."
        if unread == many:
            written = _all(many, "was", "were").replace("All", "all")
            return f"Nothing is compared yet: {written} written after QuickBooks was last read."
        sentence = f"{off} of {many} records differ; they stand first." if off else ""
        sentence = sentence or f"{_all(many - unread, 'ties', 'tie')} out to the cent."
        if not unread:
            return sentence
        return (
            f"{sentence} {unread} more {'was' if unread == 1 else 'were'} written after QuickBooks was last read, "
            "and not compared yet."
        )


def _all(many: int, one: str, more: str) -> str:
    return f"1 record {one}" if many == 1 else f"All {many} records {more}"


def totals(rows: Iterable[Row]) -> tuple[Pair, ...]:
    """Measure by measure, of what was read."""
    found: dict[str, list[Pair]] = defaultdict(list)
    for row in rows:
        for pair in row.pairs:
            found[pair.measure].append(pair)
    return tuple(
        Pair(
            measure,
            sum((pair.procore for pair in found[measure] if pair.quickbooks is not None), NOTHING),
            sum((pair.approved for pair in found[measure] if pair.quickbooks is not None), NOTHING),
            sum((pair.quickbooks or NOTHING for pair in found[measure]), NOTHING),
        )
        for measure in WORDS
        if measure in found
    )


def report(database: Database, connection_id: int) -> Report:
    """Everything, from what is stored: a constant number of statements."""
    with database.reading() as session:
        facts = tie_out_reading.gather(session, connection_id)
        names = [name for name in (*LISTS, PAYMENTS) if _is_read(session, connection_id, name)]
        found = reports.readings(session, connection_id, names)
    by_job: dict[str | None, list[Row]] = defaultdict(list)
    for item in facts.leading:
        by_job[item.project_id].append(_row(item, facts))
    jobs = [
        Job(project.name if project else "Without a project", project, tuple(rows))
        for project_id, rows in by_job.items()
        for project in (facts.projects.get(project_id or ""),)
    ]
    return Report(tuple(sorted(jobs, key=lambda job: job.name)), found, facts.paid_as_of)


def _is_read(session: Session, connection_id: int, name: str) -> bool:
    host = session.get_one(Connection, connection_id).host
    return not registry.refreshes()[name].why_not(host)


# -- one row -------------------------------------------------------------------------------------------------------


@dataclass
class _Sums:
    procore: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    approved: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    quickbooks: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    late: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    read: set[str] = field(default_factory=set)
    reasons: list[Reason] = field(default_factory=list)
    explaining: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    later: list[Item] = field(default_factory=list)

    def add(self, side: Side) -> None:
        """Count one item on both sides, or on neither: what is not read yet is compared next time."""
        about = frozenset(side.procore)
        if side.not_read:
            self.later.append(side.item)
            for measure, amount in side.procore.items():
                self.late[measure] += amount
            return
        self.read |= about
        self.reasons += [Reason(sentence, side.item, about) for sentence in side.reasons]
        self.explaining += [Reason(sentence, side.item, about) for sentence in side.notes]
        sides = ((self.procore, side.procore), (self.approved, side.approved), (self.quickbooks, side.quickbooks))
        for sums, amounts in sides:
            for measure, amount in amounts.items():
                sums[measure] += amount

    def late_words(self) -> list[Reason]:
        """One sentence for all that was written since the last look."""
        names = [item.name for item in self.later]
        if not names:
            return []
        if len(names) == 1:
            said = f"{names[0]} was written after QuickBooks was last read; it is compared after the next look."
            return [Reason(said, self.later[0])]
        all_names = f"{', '.join(names[:-1])} and {names[-1]}"
        return [
            Reason(f"{all_names} were written after QuickBooks was last read; they are compared after the next look.")
        ]


def _row(leading: Item, facts: Facts) -> Row:
    sums = _Sums()
    for side in facts.sides(leading):
        sums.add(side)
    sums.notes += sums.late_words()
    for bill in facts.by_hand(leading):
        for measure, amount in bill.comes_to.items():
            sums.quickbooks[measure] += amount
        sums.quickbooks[PAID] += bill.paid
        total = bill.comes_to[INVOICED] - bill.comes_to[RETAINED]
        said = f"Bill {bill.number or '(no number)'} of {bill.day}, {money.shown(total)}, was entered by hand"
        sentence = f"{said} in QuickBooks, on the purchase order of {leading.name}."
        sums.reasons.append(Reason(sentence, leading, frozenset({INVOICED, RETAINED, PAID})))
    for payment in facts.payments(leading):
        sums.procore[PAID] += payment.told
        sums.approved[PAID] += payment.told
        sums.quickbooks[PAID] += payment.paid
        if payment.sentence:
            sums.reasons.append(Reason(payment.sentence, payment.invoice, frozenset({PAID})))
    sums.notes += [Reason(sentence, item) for sentence, item in facts.waiting(leading)]
    measures = OF_BUDGET if tie_out_reading.is_budget(leading) else OF_ORDER
    pairs = tuple(_pair(measure, sums) for measure in measures)
    if any(pair.difference for pair in pairs):
        sums.reasons += sums.explaining or ([] if sums.reasons else [Reason(UNEXPLAINED)])
    else:
        sums.notes += sums.explaining
    return Row(leading, pairs, tuple(sums.reasons), tuple(sums.notes))


def _pair(measure: str, sums: _Sums) -> Pair:
    if measure in sums.late and measure not in sums.read:
        return Pair(measure, sums.late[measure], sums.late[measure], None)
    return Pair(measure, sums.procore[measure], sums.approved[measure], sums.quickbooks[measure])


# -- a sheet of it -------------------------------------------------------------------------------------------------


def sheet(found: Report) -> Sheet:
    """Every pair of amounts a row."""
    return Sheet(
        "tie-out",
        "Tie-out",
        ("Job", "Record", "In Procore", "In QuickBooks", "Procore", "QuickBooks", "Difference", "Why"),
        [row for job in found.jobs for one in job.rows for row in _cells(job, one)],
        (found.readings.sentence,),
    )


def _cells(job: Job, row: Row) -> Sequence[Sequence[Cell]]:
    return [
        (
            job.name,
            row.item.name,
            *pair.words,
            pair.procore,
            pair.quickbooks,
            pair.difference,
            " ".join(reason.sentence for reason in row.why(pair)),
        )
        for pair in row.pairs
    ]
