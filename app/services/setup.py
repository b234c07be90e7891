"""Setting a connection up: how far it is, what its steps were told, and going live.

Nothing is written to QuickBooks before the last step, whatever was answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, text
from app.core.errors import Conflict, NotFound, Pointer, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Conversation, Item, Operation, StagedRecord
from app.rulebook.refusals import Refused
from app.services import connection_page, connections, permissions, readiness, refreshes, refusals, rules_versions
from app.services.people import Person
from app.services.setup_steps import BY_NAME, STEPS, Answers, Facts, Form, ListRead, Step, chosen_once, usable
from app.services.unit import Work, work

COMPANY_ADMIN = "company_admin"
#: The lists of the first session: without them nobody could choose or match anything.
LISTS = ("accounts", "customers", "vendors", "items")
#: What cannot be used, and the refusal that says so.
REFUSED = {"mac": "quickbooks-mac", "online": "quickbooks-online", "other": "other-countries"}
#: The steps before which no .qwc file is given away.
BEFORE_THE_FILE = ("edition", "machine", "install", "user")


# -- what is so ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """One step as a page lists it."""

    step: Step
    number: int
    done: bool
    skipped: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Set-up as its page shows it."""

    facts: Facts
    steps: tuple[Standing, ...]
    here: Standing
    refused: Refused | None  # why this QuickBooks cannot be used
    settings: tuple[connections.Shown, ...] = field(default_factory=tuple)

    @property
    def before(self) -> Step | None:
        """The step before this one."""
        return self.steps[self.here.number - 2].step if self.here.number > 1 else None

    @property
    def after(self) -> Step | None:
        """The step after this one."""
        return self.steps[self.here.number].step if self.here.number < len(self.steps) else None

    @property
    def open(self) -> list[Standing]:
        """What is left to do before Go live."""
        return [one for one in self.steps if not one.done and one.step.name != "go-live"]


def page(database: Database, connection_id: int, who: Person, name: str = "") -> Page:
    """One step; without a name the first that is not done."""
    permissions.must(database, connection_id, who, COMPANY_ADMIN)
    if name and name not in BY_NAME:
        raise NotFound(f"There is no step {name}.", "Choose one on the page Set-up.")
    with database.reading() as session:
        facts = _facts(session, session.get_one(Connection, connection_id))
        catalogue = rules_versions.refusals(session, facts.connection)
    steps = tuple(_standing(facts, number, step) for number, step in enumerate(STEPS, 1))
    here = next((one for one in steps if (one.step.name == name if name else not one.done)), steps[-1])
    shown: dict[str, connections.Shown] = {}
    if here.step.settings:
        groups = connections.settings_page(database, connection_id).values()
        shown = {one.setting.name: one for group in groups for one in group}
    why = next((REFUSED[said] for said in _said(facts.answers) if said in REFUSED), "")
    refused = refusals.known(catalogue, why) if why else None
    return Page(facts, steps, here, refused, tuple(shown[setting] for setting in here.step.settings))


def _said(answers: Answers) -> tuple[str, str]:
    return str(answers.get("product", "")), str(answers.get("country", ""))


def _standing(facts: Facts, number: int, step: Step) -> Standing:
    kept = facts.connection.setup.get(f"step:{step.name}")
    by, at = (kept["by"], datetime.fromisoformat(kept["at"])) if kept else ("", None)
    return Standing(step, number, step.done(facts), step.skipped(facts), by, at)


def _facts(session: Session, connection: Connection) -> Facts:
    mine = Conversation.connection_id == connection.id
    last = session.execute(select(Conversation).where(mine).order_by(Conversation.id.desc()).limit(1))
    projects = select(Item).where(Item.connection_id == connection.id, Item.kind == "project")
    vendors = (
        select(StagedRecord.state, func.count())
        .where(StagedRecord.connection_id == connection.id, StagedRecord.source == "vendors")
        .group_by(StagedRecord.state)
    )
    return Facts(
        connection,
        {name: kept["value"] for name, kept in connection.setup.items()},
        _lists(session, connection.id),
        last.scalar_one_or_none(),
        readiness.checks(connection.host),
        tuple(session.execute(projects.order_by(Item.name).limit(200)).scalars()),
        {state: int(many) for state, many in session.execute(vendors)},
    )


def _lists(session: Session, connection_id: int) -> tuple[ListRead, ...]:
    counted = select(StagedRecord.source, func.count()).where(StagedRecord.connection_id == connection_id)
    records = {source: int(many) for source, many in session.execute(counted.group_by(StagedRecord.source))}
    return tuple(
        ListRead(label, at, under_way, records.get(name, 0))
        for name, label, at, under_way in connection_page.refreshes(session, connection_id)
        if name in LISTS
    )


# -- what is told --------------------------------------------------------------------------------------------------


def answer(database: Database, connection_id: int, who: Person, name: str, form: Form) -> None:
    """Keep what a step's form says. All of it or nothing; each answer is on the trail."""
    permissions.must(database, connection_id, who, COMPANY_ADMIN)
    if name not in BY_NAME:
        raise NotFound(f"There is no step {name}.", "Choose one on the page Set-up.")
    step = BY_NAME[name]
    connection = connections.get(database, connection_id)
    if connection.live:
        raise Conflict("Set-up is over: the connection is live.", "Change what it uses under Settings.", code="live")
    answers = {key: kept["value"] for key, kept in connection.setup.items()}
    if step is not STEPS[0] and not usable(answers):
        raise _unusable(database, connection_id, who)
    given = step.take(form, answers)
    if step.settings:
        chosen = {setting: form[setting] for setting in step.settings if setting in form}
        reason = text.squeeze(form.get("reason", "")) or "chosen in set-up"
        connections.change_settings_as(database, connection_id, who, chosen, reason=reason)
    with work(database, connection_id) as unit:
        if "cut_off" in given:
            _keep_cut_off(unit, given["cut_off"], who)
        _keep(unit, name, given, who)


def _unusable(database: Database, connection_id: int, who: Person) -> Refusal:
    """Set-up stops at its first step while the country and edition are open, or cannot be used."""
    found = page(database, connection_id, who)
    return refusals.refusal(found.refused) if found.refused else _first(found.steps[:1], "Set-up cannot go on")


def _keep_cut_off(unit: Work, day: str, who: Person) -> None:
    """Projects Procore created before this day never sync. Chosen once: nothing else ever moves it."""
    if kept := unit.connection.setup.get("cut_off"):
        if kept["value"] != day:
            raise chosen_once(kept["value"])
        return
    zone = ZoneInfo(unit.connection.zone)
    before = unit.connection.connected_at
    unit.connection.connected_at = datetime.combine(date.fromisoformat(day), time(), zone)
    unit.trail.add(Tag.CUT_OFF_CHOSEN, who.name, before=before.isoformat(), day=day)


def _keep(unit: Work, step: str, given: Mapping[str, Any], who: Person) -> None:
    kept = {"by": who.name, "at": unit.at.isoformat(timespec="seconds")}
    told = {name: {"value": value, **kept} for name, value in given.items()}
    unit.connection.setup = {**unit.connection.setup, **told, f"step:{step}": {"value": True, **kept}}
    unit.trail.add(Tag.SETUP_ANSWERED, who.name, step=step, answers=dict(given))


def new_password(database: Database, connection_id: int, who: Person) -> str:
    """The first password of the Web Connector user, told once; no session has used another, so none goes on."""
    permissions.must(database, connection_id, who, COMPANY_ADMIN)
    if connections.get(database, connection_id).live:
        raise Conflict(
            "Set-up is over: the Web Connector works with the password it has, and would be shut out by this one.",
            "Make a new password on the Connection page: there the old one goes on until the new one was used.",
            code="live",
        )
    may_have_the_file(database, connection_id, who)
    password = connections.new_password(database, connection_id, actor=who.name, at_once=True)
    with work(database, connection_id) as unit:
        _keep(unit, "file", {"password": True}, who)
    return password


def may_have_the_file(database: Database, connection_id: int, who: Person) -> None:
    """Refuse the .qwc file while what comes before it is not settled: a Mac, for one, could do nothing with it."""
    permissions.must(database, connection_id, who, "connection")
    connection = connections.get(database, connection_id)
    if connection.live:
        return
    found = page(database, connection_id, who)
    if not usable(found.facts.answers):
        raise _unusable(database, connection_id, who)
    if missing := [one for one in found.steps if not one.done and one.step.name in BEFORE_THE_FILE]:
        raise _first(missing, "The .qwc file is not ready to be given away")


def file_taken(database: Database, connection_id: int, who: Person) -> None:
    """Somebody downloaded the .qwc file."""
    with work(database, connection_id) as unit:
        unit.trail.add(Tag.QWC_TAKEN, who.name, file_id=unit.connection.file_id)
        if not unit.connection.live:
            _keep(unit, "file", {"file": True}, who)


def read_again(database: Database, connection_id: int, who: Person) -> None:
    """Ask for the accounts once more, so that the next session has a reason to look at the preferences."""
    permissions.must(database, connection_id, who, COMPANY_ADMIN)
    refreshes.ask(database, connection_id, who, ["accounts"])


def go_live(database: Database, connection_id: int, who: Person) -> None:
    """The last step: all others are done, and somebody who may says so."""
    permissions.must(database, connection_id, who, COMPANY_ADMIN)
    permissions.must(database, connection_id, who, "connection")
    found = page(database, connection_id, who)
    if found.facts.connection.live:
        raise Conflict("The connection is live already.", "Nothing was changed.", code="live")
    if found.open:
        raise _first(found.open, "It cannot go live yet")
    connections.go_live(database, connection_id, actor=who.name)


def _first(missing: Sequence[Standing], what: str) -> Refusal:
    names = ", ".join(f"“{one.step.title}”" for one in missing)
    links = [Pointer(one.step.title, "page", f"/setup/{one.step.name}") for one in missing]
    return Refusal(f"{what}: {names} {'is' if len(missing) == 1 else 'are'} open.", "Finish it first.",
                   code="setup_open", links=links)  # fmt: skip


def waiting(database: Database, connection_id: int) -> int:
    """How many approved items wait for Go live."""
    query = select(func.count()).select_from(Operation)
    mine = query.where(Operation.connection_id == connection_id, Operation.item_id.is_not(None))
    with database.reading() as session:
        return int(session.execute(mine.where(Operation.state.in_(("waiting", "ready")))).scalar_one())


def starting_day(connection: Connection) -> str:
    """The cut-off date a form begins with."""
    kept = connection.setup.get("cut_off")
    zone = ZoneInfo(connection.zone)
    return str(kept["value"]) if kept else (connection.connected_at or clock.now()).astimezone(zone).date().isoformat()
