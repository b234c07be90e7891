"""All reports: what each is for, who may see it, and how it becomes a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import NotFound
from app.db.engine import Database
from app.rulebook.permissions import VIEW
from app.services import (
    access_review,
    accountant,
    archived,
    exceptions,
    month_end,
    permissions,
    reconciliation,
    tie_out,
    unsyncable,
)
from app.services.people import Person
from app.services.reports import Sheet


@dataclass(frozen=True)
class Entry:
    """One report."""

    name: str
    title: str
    about: str
    sheet: Callable[[Database, int, str], Sheet]  # of a connection, for a month where it goes by months
    rights: tuple[tuple[str, str], ...] = ((VIEW, ""),)  # any of them is enough

    def why_not(self, who: Person) -> str:
        """Why a person may not see it; empty where they may."""
        return "" if any(who.may(*right) for right in self.rights) else who.why_not(*self.rights[0])

    def must_see(self, database: Database, connection_id: int, who: Person) -> None:
        """Let nobody on who may not; the attempt is on the trail."""
        if self.why_not(who):
            permissions.must(database, connection_id, who, *self.rights[0])


def _exceptions(database: Database, connection_id: int, month: str) -> Sheet:
    return exceptions.sheet(exceptions.standing(database, connection_id), exceptions.past(database, connection_id))


EVERY = {
    one.name: one
    for one in (
        Entry(
            "tie-out",
            "Tie-out",
            "Procore and QuickBooks side by side, commitment by commitment and budget by budget.",
            lambda database, connection_id, month: tie_out.sheet(tie_out.report(database, connection_id)),
        ),
        Entry(
            "exceptions",
            "Exceptions",
            "What QuickBooks holds otherwise than approved, and what people cleared.",
            _exceptions,
        ),
        Entry(
            "month-end",
            "Month-end",
            "What is dated in a month and is not in QuickBooks, signed by preparer and reviewer.",
            lambda database, connection_id, month: month_end.sheet(month_end.page(database, connection_id, month)),
        ),
        Entry(
            "reconciliation",
            "Reconciliation",
            "Whatever was sent, and what became of it: nothing is lost.",
            lambda database, connection_id, month: reconciliation.sheet(reconciliation.report(database, connection_id)),
        ),
        Entry(
            "unsyncable",
            "Unsyncable direct costs",
            "Costs in QuickBooks that Procore is not told of, with the reason.",
            lambda database, connection_id, month: unsyncable.sheet(unsyncable.report(database, connection_id)),
            (("report", "unsyncable_direct_costs"),),
        ),
        Entry(
            "accountant",
            "Accountant report",
            "Who accepted what, when, and under which rules.",
            lambda database, connection_id, month: accountant.sheet(database, connection_id),
            (("report", "accountant"),),
        ),
        Entry(
            "archived",
            "Archived companies",
            "Vendors of QuickBooks that somebody put away.",
            lambda database, connection_id, month: archived.sheet(archived.report(database, connection_id)),
            (("report", "archived_companies"),),
        ),
        Entry(
            "access",
            "Access report",
            "Who may do what, when they were last here, and who gave it to them.",
            lambda database, connection_id, month: access_review.sheet(access_review.report(database, connection_id)),
            (("audit", ""), ("users", "")),
        ),
    )
}


def entry(name: str) -> Entry:
    """One report by name, or NotFound."""
    if name not in EVERY:
        raise NotFound(f"There is no report {name[:40]}.", f"Reports are {', '.join(EVERY)}.")
    return EVERY[name]
