"""Who acts: people, their passwords, and what each holds on a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import Forbidden, NotFound, Pointer, Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, PersonAccess, User
from app.items import registry
from app.rulebook.access import PUSH, Access
from app.rulebook.permissions import VIEW, Policy
from app.services import procore_rights, procore_way, rules_versions
from app.services.procore_rights import Standing
from app.services.unit import service_work

#: Acts as a sentence says them, where the name of the act alone would not read well.
PHRASES = {
    VIEW: "look at this connection",
    "connection": "change the connection or its settings",
    "schedule": "change the sync schedule",
    "direct_export": "turn Direct Export on or off",
    "refresh": "refresh lists of QuickBooks",
    "report": "see the report",
    "users": "give or take permissions",
    "rules": "edit rules",
    "activate": "activate rules",
    "audit": "export the audit trail",
    "company_admin": "set up the connection",
    "override": "override the separation of duties",
}

#: Argon2's own recommended profile; a wrong password costs as much as a right one.
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


@dataclass(frozen=True)
class Person:
    """Somebody acting on one connection."""

    id: int
    login: str
    name: str
    access: Access | None  # None: nothing at all on this connection
    policy: Policy
    profile: str
    procore: Standing | None = None  # what Procore says of the person; None: it has no say
    round: int = 0  # of sign-ins: whoever signed in in an earlier one is out
    elsewhere: Mapping[str, Refusal] = field(default_factory=dict)  # what is done in another place, whoever one is

    def may(self, act: str, of: str = "") -> bool:
        """Whether it can be done here, and is allowed; ``of`` is the kind or the list it is about."""
        denied = self.policy.denial(self.access, act, of, profile=self.profile)
        return act not in self.elsewhere and self._left() is None and denied is None

    def barrier(self, act: str, of: str = "") -> TieoutError | None:
        """What stands in the way of an act: it is done elsewhere, or the person may not; or None."""
        return self.elsewhere.get(act) or self.refusal(act, of)

    def refusal(self, act: str, of: str = "") -> Forbidden | None:
        """Why the person may not, naming what is missing; or None."""
        if left := self._left():
            return left
        denial = self.policy.denial(self.access, act, of, profile=self.profile)
        if denial is None:
            return None
        row = denial.row
        rule_id = row.rule_id if row else "permissions.yaml:rights"
        links = [Pointer("Permissions", "page", f"/permissions/#{row.name}" if row else "/permissions/")]
        taken = self.procore.taken if self.procore else ""
        if taken and self.policy.privileges[PUSH] in denial.missing:
            return Forbidden(
                f"{self.name} may not {phrase(act, of)}: {taken}",
                self.procore.remedy if self.procore else "",
                code="not_in_procore",
                rule_id=rule_id,
                links=links,
            )
        return Forbidden(
            f"{self.name} may not {phrase(act, of)}: it needs {denial.missing}.",
            f"{self._able(act, of)}Ask whoever has the right “User administration”; the page Permissions shows it all.",
            rule_id=rule_id,
            links=links,
        )

    def _left(self) -> Forbidden | None:
        """Whoever is inactive in Procore may nothing here."""
        if self.procore is None or self.procore.active:
            return None
        return Forbidden(
            f"{self.name} is not active in Procore any more, as read at {self.procore.at}, and may do nothing here.",
            "If that is wrong, have the person made active in Procore's Directory and sign in again.",
            code="inactive_in_procore",
            rule_id="permissions.yaml:privileges",
        )

    def _able(self, act: str, of: str) -> str:
        """Which roles may, as they are handed out."""
        able = [
            bundle.label
            for bundle in self.policy.bundles.values()
            if self.policy.denial(bundle.access, act, of, profile=self.profile) is None
        ]
        return f"The role {' or '.join(able)} has it. " if able else ""

    def why_not(self, act: str, of: str = "") -> str:
        """The sentence beside a control the person cannot use; empty where they can."""
        found = self.barrier(act, of)
        return found.sentence if found else ""


def phrase(act: str, of: str = "") -> str:
    """An act in words: ``accept commitments``, ``refresh lists of QuickBooks``."""
    said = PHRASES.get(act, act.replace("_", " "))
    kinds = registry.kinds()
    about = kinds[of].plural.lower() if of in kinds else of.replace("_", " ")
    return f"{said} ({about})" if about and act in PHRASES else f"{said} {about}".strip()


# -- passwords -----------------------------------------------------------------------------------------------------


def hash_password(password: str) -> str:
    """A slow hash; the password itself is kept nowhere."""
    return _hasher.hash(password)


def password_fits(hashed: str | None, password: str) -> bool:
    """Check a password in the same time whether or not the user exists."""
    try:
        return _hasher.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def set_password(database: Database, login: str, password: str, *, actor: str) -> None:
    """Give a user another password; the old one is worth nothing from now on, nor is whoever signed in with it."""
    with service_work(database) as (session, trail):
        new_password(named(session, login), password)
        trail.add(Tag.PASSWORD_CHANGED, actor, login=login)


def new_password(user: User, password: str) -> None:
    """Another password, in a transaction of the caller's."""
    user.password = hash_password(password)
    user.round += 1
    user.link, user.link_until = "", None
    user.wrong_passwords, user.locked_until = 0, None


# -- users and what they hold --------------------------------------------------------------------------------------


def add_user(database: Database, login: str, name: str, password: str, *, actor: str, mail: str = "") -> int:
    """Make a user; the login must be new. Without a password nobody can sign in yet."""
    with service_work(database) as (session, trail):
        if session.execute(select(User.id).where(User.login == login)).first():
            raise Refusal(f"There is already a user {login}.", "Choose another login.")
        user = User(login=login, name=name, password=hash_password(password) if password else "", mail=mail)
        session.add(user)
        session.flush()
        trail.add(Tag.USER_ADDED, actor, login=login, name=name)
        return user.id


def roles(database: Database, connection_id: int) -> dict[str, str]:
    """The roles a person may be given on a connection, and what people call them."""
    with database.reading() as session:
        policy = rules_versions.policy(session, session.get_one(Connection, connection_id))
    return {name: bundle.label for name, bundle in policy.bundles.items()}


def give_role(database: Database, login: str, connection_id: int, role: str, *, actor: str) -> None:
    """Let a user be something on a connection: everything in the bundle, beside what they hold already."""
    with service_work(database) as (session, trail):
        user = named(session, login)
        connection = session.get_one(Connection, connection_id)
        bundles = rules_versions.policy(session, connection).bundles
        if role not in bundles:
            raise Refusal(f"There is no role {role}.", f"Roles are {', '.join(bundles)}.")
        row = session.get(PersonAccess, (user.id, connection_id))
        before = access_of(row) or Access()
        roles = sorted({*(row.roles if row else ()), role})
        keep(session, user.id, connection_id, before.with_more(bundles[role].access), roles, actor)
        trail.add(Tag.ROLE_GIVEN, actor, login=login, connection=connection_id, role=role)


def named(session: Session, login: str) -> User:
    """The user of this login, or NotFound."""
    user = session.execute(select(User).where(User.login == login)).scalar_one_or_none()
    if user is None:
        raise NotFound(f"There is no user {login}.", "See `tieout user list`.")
    return user


def keep(
    session: Session, user_id: int, connection_id: int, access: Access, roles: list[str], actor: str
) -> PersonAccess:
    """Store what a person holds from now on."""
    return session.merge(
        PersonAccess(
            user_id=user_id,
            connection_id=connection_id,
            roles=roles,
            level=access.level,
            privileges=sorted(access.privileges),
            tools=dict(access.tools),
            rights=sorted(access.rights),
            changed_by=actor,
            changed_at=clock.now(),
        )
    )


def access_of(row: PersonAccess | None) -> Access | None:
    """A stored row as the permissions read it."""
    return Access(row.level, frozenset(row.privileges), row.tools, frozenset(row.rights)) if row else None


def person(database: Database, connection_id: int, *, login: str = "", user_id: int | None = None) -> Person | None:
    """An active user with what they are for this connection, read anew each time."""
    held = (PersonAccess.user_id == User.id) & (PersonAccess.connection_id == connection_id)
    query = (
        select(User, Connection, PersonAccess)
        .select_from(User)
        .join(Connection, Connection.id == connection_id)
        .outerjoin(PersonAccess, held)
        .where(User.active, User.login == login if login else User.id == user_id)
    )
    with database.reading() as session:
        found = session.execute(query).one_or_none()
        if found is None:
            return None
        user, connection, row = found
        access, said = procore_rights.in_force(session, connection, user, access_of(row))
        policy = rules_versions.policy(session, connection)
        profile = profile_of(connection, policy)
        place = procore_way.elsewhere(connection)
        return Person(user.id, user.login, user.name, access, policy, profile, said, user.round, place)


def profile_of(connection: Connection, policy: Policy) -> str:
    """The profile of the permissions that the connection chose; the first one until it chose."""
    chosen = str(connection.settings.get("permission_profile") or "")
    return chosen if chosen in policy.profiles else next(iter(policy.profiles))


def everybody(database: Database) -> list[tuple[User, list[PersonAccess]]]:
    """All users with what they hold on each connection."""
    with database.reading() as session:
        held: dict[int, list[PersonAccess]] = {}
        for row in session.execute(select(PersonAccess).order_by(PersonAccess.connection_id)).scalars():
            held.setdefault(row.user_id, []).append(row)
        return [(user, held.get(user.id, [])) for user in session.execute(select(User).order_by(User.login)).scalars()]
