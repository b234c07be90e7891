"""The permissions at work: attempts that are refused, what a person holds, and what each profile would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.batches import in_batches
from app.core.errors import Conflict, Forbidden, NotFound, Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Item, PersonAccess, User
from app.rulebook.access import LEVELS, Access
from app.rulebook.permissions import Grant, Policy, Row
from app.rulebook.refusals import Refused
from app.services import people, rules_versions
from app.services.people import Person
from app.services.unit import service_work, work

#: So many items are looked up by one statement.
BATCH = 1000
#: Whoever has one of these reads requests and answers of all kinds.
READERS = ("connection", "audit", "rules")


def must(database: Database, connection_id: int, who: Person, act: str, of: str = "") -> None:
    """Let nobody on who may not; the attempt is on the trail, and nothing else happened."""
    if found := who.refusal(act, of):
        note(database, connection_id, who, act, found)
        raise found


def may_read_bodies(who: Person, kind: str = "") -> bool:
    """Whether somebody may read what went to QuickBooks and came back, word for word; of a kind its approvers too."""
    return any(who.may(right) for right in READERS) or bool(kind and who.may("accept", kind))


def barred(
    database: Database, connection_id: int, who: Person, act: str, item_ids: Sequence[int]
) -> dict[int, Forbidden]:
    """The items a person may not do this to, by their kinds. Where that is all of them, it is refused as a whole.

    So it is where one of them is not there: before anything is done to the others.
    """
    with database.reading() as session:
        kinds: dict[int, str] = {}
        for batch in in_batches(item_ids, BATCH):
            query = select(Item.id, Item.kind).where(Item.connection_id == connection_id, Item.id.in_(batch))
            kinds.update((row.id, row.kind) for row in session.execute(query))
    if missing := [one for one in item_ids if one not in kinds]:
        raise NotFound(f"There is no item {missing[0]} on this connection.", "It may belong to another one.")
    refused = {kind: found for kind in set(kinds.values()) if (found := who.refusal(act, kind))}
    if refused and refused.keys() == set(kinds.values()):
        found = refused[min(refused)]
        note(database, connection_id, who, act, found, list(item_ids))
        raise found
    return {item_id: refused[kind] for item_id, kind in kinds.items() if kind in refused}


def note(
    database: Database, connection_id: int, who: Person, act: str, found: TieoutError, items: Iterable[int] = ()
) -> None:
    """Keep on the trail that somebody tried what they may not."""
    with work(database, connection_id) as unit:
        unit.trail.add(
            Tag.REFUSED,
            who.name,
            what=act,
            items=list(items),
            code=found.code,
            rule=found.rule_id,
            sentence=found.sentence,
        )


# -- what a person holds -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What to change of a person's access; what is not said stays."""

    level: str | None = None
    privileges: Mapping[str, bool] | None = None
    tools: Mapping[str, str] | None = None
    rights: Mapping[str, bool] | None = None


def change_access(database: Database, connection_id: int, who: Person, login: str, change: Change) -> Access:
    """Give and take: needs the right of user administration, and nobody changes their own access."""
    must(database, connection_id, who, "users")
    if login == who.login:
        raise Refusal(
            f"{who.name} cannot change {who.name}'s own access.",
            "Ask somebody else who has the right “User administration”.",
            code="own_access",
        )
    with service_work(database) as (session, trail):
        user = people.named(session, login)
        policy = rules_versions.policy(session, session.get_one(Connection, connection_id))
        row = session.get(PersonAccess, (user.id, connection_id))
        before = people.access_of(row) or Access()
        after = _changed(before, change, policy)
        if after == before and row is not None:
            raise Conflict(f"{user.name} holds exactly this already.", "Nothing was changed.", code="unchanged")
        people.keep(session, user.id, connection_id, after, list(row.roles) if row else [], who.name)
        trail.add(
            Tag.ACCESS_CHANGED,
            who.name,
            login=login,
            connection=connection_id,
            before=plain(before) if row else None,
            after=plain(after),
        )
        return after


def _changed(before: Access, change: Change, policy: Policy) -> Access:
    _known(change.privileges or (), policy.privileges, "privilege")
    _known(change.tools or (), policy.tools, "tool")
    _known((change.tools or {}).values(), LEVELS, "level")
    _known([change.level] if change.level else (), LEVELS, "level")
    _known(change.rights or (), policy.rights, "right")
    return replace(
        before,
        level=change.level or before.level,
        privileges=_given(before.privileges, change.privileges),
        tools={**before.tools, **(change.tools or {})},
        rights=_given(before.rights, change.rights),
    )


def _given(before: frozenset[str], change: Mapping[str, bool] | None) -> frozenset[str]:
    given = {name for name, on in (change or {}).items() if on}
    return frozenset((before | given) - {name for name, on in (change or {}).items() if not on})


def _known(asked: Iterable[str], known: Iterable[str], what: str) -> None:
    if unknown := [name for name in asked if name not in known]:
        raise Refusal(f"There is no {what} {unknown[0]}.", f"Possible: {', '.join(known)}.")


def plain(access: Access) -> dict[str, object]:
    """What a person holds, as the trail keeps it."""
    return {
        "level": access.level,
        "privileges": sorted(access.privileges),
        "tools": dict(access.tools),
        "rights": sorted(access.rights),
    }


# -- the page ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """One person on the page Permissions."""

    user: User
    access: Access
    as_roles: str
    tools: str
    rights: str
    changed_by: str

    @property
    def level(self) -> str:
        """The level of ERP Integrations, as people call it."""
        return LEVELS[self.access.level]


@dataclass(frozen=True)
class Difference:
    """Who gains and who loses Accept under another profile."""

    profile: str
    label: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """It in words."""
        parts = [f"{' and '.join(names)} {verb} Accept" for names, verb in self._said() if names]
        return f"“{self.label}”: {', '.join(parts) or 'nobody gains and nobody loses Accept'}."

    def _said(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        def verb(names: tuple[str, ...], word: str) -> str:
            return word if len(names) == 1 else word.removesuffix("s")

        return (self.gains, verb(self.gains, "gains")), (self.loses, verb(self.loses, "loses"))


@dataclass(frozen=True)
class Shown:
    """One row as the page shows it to one person."""

    row: Row
    marks: tuple[tuple[str, str], ...]  # label of the level, and its mark
    extra: str  # what is asked beside the level
    not_available: str  # why nobody can have it with QuickBooks Desktop
    missing: str  # what this person lacks


@dataclass(frozen=True)
class Matrix:
    """The permissions as the page shows them."""

    policy: Policy
    profile: str
    rows: tuple[Shown, ...]
    holders: tuple[Holder, ...]
    differences: tuple[Difference, ...]


def matrix(database: Database, connection_id: int, who: Person) -> Matrix:
    """All rows in force as one person sees them, who holds what, and what the other profiles would change."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        policy = rules_versions.policy(session, connection)
        held = _holders(session, connection_id, policy)
        refused = rules_versions.refusals(session, connection)
    profile = people.profile_of(connection, policy)
    others = tuple(_difference(policy, held, profile, other) for other in policy.profiles if other != profile)
    rows = tuple(_shown(policy, row, profile, refused, who) for row in policy.rows)
    return Matrix(policy, profile, rows, held, others)


def holders(database: Database, connection_id: int) -> tuple[Policy, tuple[Holder, ...]]:
    """Who holds what, under which permissions."""
    with database.reading() as session:
        policy = rules_versions.policy(session, session.get_one(Connection, connection_id))
        return policy, _holders(session, connection_id, policy)


def _shown(policy: Policy, row: Row, profile: str, refused: Mapping[str, Refused], who: Person) -> Shown:
    condition = row.conditions[profile]
    asked = [grant.conditions[profile] for grant in row.grants] or [condition]
    extras = dict.fromkeys(one.extra.missing(Access(), None) for one in asked if one.extra)
    missing = filter(None, (_missing(policy, grant, profile, who.access or Access()) for grant in row.grants))
    return Shown(
        row,
        tuple((label, condition.marks.get(level, "")) for level, label in LEVELS.items()),
        "; ".join(extras),
        refused[row.refuse].sentence if row.refuse else "",
        next(missing, ""),
    )


def _missing(policy: Policy, grant: Grant, profile: str, access: Access) -> str:
    """What a person lacks for a grant; one that holds for any kind is had where it is had for some kind."""
    tools = [policy.located.get(grant.of)] if grant.of else [None, *policy.located.values()]
    lacks = [grant.conditions[profile].missing(access, tool) for tool in tools]
    return "" if "" in lacks else lacks[0]


def _holders(session: Session, connection_id: int, policy: Policy) -> tuple[Holder, ...]:
    query = (
        select(User, PersonAccess)
        .join(PersonAccess, PersonAccess.user_id == User.id)
        .where(PersonAccess.connection_id == connection_id, User.active)
        .order_by(User.name)
    )
    return tuple(_holder(policy, row.User, row.PersonAccess) for row in session.execute(query))


def _holder(policy: Policy, user: User, row: PersonAccess) -> Holder:
    access = people.access_of(row) or Access()
    tools = [
        f"{policy.tools[name].label}: {LEVELS[level]}" for name, level in access.tools.items() if name in policy.tools
    ]
    return Holder(
        user,
        access,
        ", ".join(policy.bundles[role].label for role in row.roles if role in policy.bundles),
        ", ".join(tools),
        ", ".join(label for name, label in policy.rights.items() if name in access.rights),
        row.changed_by,
    )


def _difference(policy: Policy, held: Sequence[Holder], now: str, then: str) -> Difference:
    """Told for every kind at once: whoever may accept anything more, or anything less."""
    kinds = sorted({grant.of for row in policy.rows for grant in row.grants if "accept" in grant.acts})

    def able(access: Access, profile: str) -> set[str]:
        return {kind for kind in kinds if policy.denial(access, "accept", kind, profile=profile) is None}

    pairs = [(one.user.name, able(one.access, now), able(one.access, then)) for one in held]
    return Difference(
        then,
        policy.profiles[then],
        tuple(name for name, before, after in pairs if after - before),
        tuple(name for name, before, after in pairs if before - after),
    )
