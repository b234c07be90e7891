"""Notices: telling people what became of their items, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.tags import Tag
from app.db.engine import add_rows
from app.db.models import Connection, ErpDetail, Item, Notice, PersonAccess, Preference, User
from app.services import people, procore_rights, rules_versions
from app.services.people import Person
from app.services.unit import Work

TIEOUT = "Tieout"
IMMEDIATE, DAILY, NEVER = "immediate", "daily", "never"
REJECTED, FAILED, DIFFERENCE, SILENT, MONTH, DIGEST = "rejected", "failed", "difference", "silent", "month", "digest"


@dataclass(frozen=True)
class Sort:
    """One sort of notice: what it is about, and when it is mailed unless a person chose otherwise."""

    label: str
    usual: str
    choices: tuple[str, ...] = (IMMEDIATE, DAILY, NEVER)


SORTS: Mapping[str, Sort] = {
    REJECTED: Sort("What I sent was rejected", IMMEDIATE),
    FAILED: Sort("QuickBooks refused what I accepted", IMMEDIATE),
    DIFFERENCE: Sort("QuickBooks holds something otherwise than I accepted it", DAILY),
    SILENT: Sort("The Web Connector is silent", IMMEDIATE),
    MONTH: Sort("A month was prepared and waits for a review", IMMEDIATE),
    # No notice of its own: it is what the daily mail begins with.
    DIGEST: Sort("What waits for my decision", DAILY, (DAILY, NEVER)),
}


@dataclass(frozen=True)
class Reader:
    """Somebody who can be told, and how they want to be."""

    person: Person
    address: str
    choices: Mapping[str, str]

    def mails(self, sort: str) -> str:
        """When notices of a sort are mailed to them; without an address never."""
        return self.choices.get(sort, SORTS[sort].usual) if self.address else NEVER


@dataclass(frozen=True)
class Said:
    """What is told."""

    sort: str
    title: str
    sentence: str
    what_to_do: str
    page: str
    item_id: int | None = None
    once: str | None = None  # nobody is told twice


def rejected(unit: Work, item: Item, who: Person, reason: str, what: str = "") -> str:
    """Tell whoever sent it, unless they rejected it themselves. Returns what to know where nobody could be told."""
    senders = readers(unit.session, unit.connection, item.sent_by) if item.sent_by else []
    said = Said(
        REJECTED,
        f"{item.name} was rejected",
        f"{who.name} rejected {what}{called(item)}: “{reason}”",
        "Change it in Procore and send it again.",
        page_of(item),
        item.id,
    )
    tell(unit, [one for one in senders if one.person.id != who.id], said)
    if senders or who.name == item.sent_by:
        return ""
    sender = f"whoever sent {item.name} ({item.sent_by or 'not known'})"
    sentence = f"Nobody could be told of it here: {sender} has no account in use."
    there = "Procore's ERP Integrations tool shows the reason on it."
    what_to_do = there if _asked_by_tool(unit, item) else "Tell the project team yourself what to change."
    unit.trail.add(Tag.NOTICE_REACHED_NOBODY, TIEOUT, item.id, sort=REJECTED, sentence=sentence, what_to_do=what_to_do)
    return f"{sentence} {what_to_do}"


def _asked_by_tool(unit: Work, item: Item) -> bool:
    """Whether Procore's own tool waits for an answer about it, which will carry the reason."""
    query = select(ErpDetail.place).where(ErpDetail.item_id == item.id, ErpDetail.closed_at.is_(None)).limit(1)
    return unit.session.execute(query).first() is not None


def failed(unit: Work, items: Sequence[Item]) -> None:
    """Tell whoever accepted each of them that QuickBooks refused it."""
    everybody = readers(unit.session, unit.connection) if items else []
    for item in items:
        said = Said(
            FAILED,
            f"QuickBooks refused {item.name}",
            f"QuickBooks refused {called(item)}. {item.problem}",
            item.remedy,
            page_of(item),
            item.id,
        )
        tell(unit, _answerable(everybody, item), said)


def differences(unit: Work, found: Iterable[tuple[Item, Sequence[str]]]) -> None:
    """Tell whoever accepted each of them what QuickBooks holds otherwise."""
    everybody: Sequence[Reader] = ()
    for item, sentences in found:
        everybody = everybody or readers(unit.session, unit.connection)
        said = Said(
            DIFFERENCE,
            f"{item.name} is otherwise in QuickBooks",
            f"QuickBooks holds {called(item)} otherwise than it was approved. {' '.join(sentences)}",
            "Correct it in QuickBooks, or clear it with a reason on the page Exceptions.",
            page_of(item),
            item.id,
        )
        tell(unit, _answerable(everybody, item), said)


def month(unit: Work, who: Person, chosen: str, signature: int, act: str, of: str) -> None:
    """Ask whoever else may sign for a month to review it."""
    others = [one for one in readers(unit.session, unit.connection) if one.person.id != who.id]
    name = f"{date.fromisoformat(f'{chosen}-01'):%B %Y}"
    said = Said(
        MONTH,
        f"{name} waits for a review",
        f"{who.name} prepared {name} and asks somebody else to review it.",
        "Look through the list, and sign it as reviewer if it is right.",
        f"/reports/month-end?month={chosen}",
        once=f"month:{signature}",
    )
    tell(unit, [one for one in others if one.person.may(act, of)], said)


def tell(unit: Work, whom: Iterable[Reader], said: Said) -> list[Reader]:
    """Note it for each of these people, and on the trail. Returns whom it was new to."""
    known = _told(unit, said.once) if said.once else frozenset()
    new = [one for one in whom if one.person.id not in known]
    rows = [
        {
            "connection_id": unit.connection.id,
            "user_id": one.person.id,
            "sort": said.sort,
            "item_id": said.item_id,
            "page": said.page,
            "title": said.title,
            "sentence": said.sentence,
            "what_to_do": said.what_to_do,
            "once": said.once,
            "at": unit.at,
            "mails": one.mails(said.sort),
        }
        for one in new
    ]
    add_rows(unit.session, Notice, rows)
    if new:
        names = ", ".join(one.person.name for one in new)
        unit.trail.add(Tag.NOTICE_GIVEN, TIEOUT, said.item_id, sort=said.sort, sentence=f"To {names}: {said.sentence}")
    return new


def readers(session: Session, connection: Connection, name: str = "") -> list[Reader]:
    """Everybody who can be told of something on this connection, or those of a name."""
    query = (
        select(User, PersonAccess)
        .join(PersonAccess, PersonAccess.user_id == User.id)
        .where(User.active, PersonAccess.connection_id == connection.id)
        .order_by(User.id)
    )
    found = session.execute(query.where(User.name == name) if name else query).all()
    chosen: dict[int, dict[str, str]] = {user.id: {} for user, _ in found}
    wanted = select(Preference).where(Preference.user_id.in_(chosen), Preference.name.startswith("notices:"))
    for row in session.execute(wanted).scalars():
        chosen[row.user_id][row.name.removeprefix("notices:")] = row.value
    policy = rules_versions.policy(session, connection)
    profile = people.profile_of(connection, policy)
    holds = [(user, people.access_of(row)) for user, row in found]
    counts = procore_rights.all_in_force(session, connection, holds)
    return [
        Reader(Person(user.id, user.login, user.name, access, policy, profile), user.mail, chosen[user.id])
        for (user, _), (access, _) in zip(holds, counts, strict=True)
    ]


def called(item: Item) -> str:
    """An item as a sentence calls it."""
    return f"{item.name} ({item.title})" if item.title and item.title != item.name else item.name


def page_of(item: Item) -> str:
    """Where an item is looked at."""
    return f"/items/{item.kind}/{item.id}"


def _answerable(everybody: Sequence[Reader], item: Item) -> list[Reader]:
    """Whoever accepted it; where they are gone, or it was accepted for them, everybody who may accept such items."""
    accepters = [one for one in everybody if _is(one, item.accepted_by)]
    return accepters or [one for one in everybody if one.person.may("accept", item.kind)]


def _is(reader: Reader, name: str) -> bool:
    return bool(name) and reader.person.name == name


def _told(unit: Work, once: str) -> frozenset[int]:
    query = select(Notice.user_id).where(Notice.connection_id == unit.connection.id, Notice.once == once)
    return frozenset(unit.session.execute(query).scalars())
