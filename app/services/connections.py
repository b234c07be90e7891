"""Connections: made, found, and changed by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, ids, text
from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Item, StagedRecord
from app.items import registry
from app.services import audit, permissions, procore_mode, refusals, rules_versions
from app.services import settings as declared
from app.services.people import Person, hash_password
from app.services.settings import Offered, Value
from app.services.unit import Work, service_work, work


@dataclass(frozen=True)
class Added:
    """A new connection; the password is told once and kept nowhere."""

    id: int
    web_connector_user: str
    password: str = field(repr=False)


def add(
    database: Database,
    name: str,
    procore_company_id: str,
    *,
    rules_version: str | None,
    actor: str,
    settings: Mapping[str, Any] | None = None,
    user: str = "",
    password: str = "",
    cut_off: datetime | None = None,
) -> Added:
    """Make a connection. It is not live: until Go live only queries leave for QuickBooks.

    Projects Procore created before ``cut_off`` (now, unless given) never sync.
    """
    chosen = {name: declared.read(declared.find(name), value) for name, value in (settings or {}).items()}
    password, user = password or ids.secret(), user or f"tieout-{ids.short()[:6]}"
    with service_work(database) as (session, trail):
        taken = select(Connection.id).where(Connection.web_connector_user == user)
        if session.execute(taken).first():
            raise Refusal(f"The Web Connector user {user} is taken.", "Choose another name.")
        company = select(Connection.id).where(Connection.procore_company_id == procore_company_id)
        if session.execute(company).first():
            raise refusals.refusal(rules_versions.shipped_refusal("second-company-file"))
        connection = Connection(
            name=name,
            procore_company_id=procore_company_id,
            web_connector_user=user,
            web_connector_password=hash_password(password),
            file_id=ids.guid(),
            settings={**declared.defaults(), **chosen},
            settings_changed={},
            host={},
            rules_version=rules_version,
            connected_at=cut_off or clock.now(),
        )
        session.add(connection)
        session.flush()
        if rules_version:
            rules_versions.begin(session, connection, actor)
        trail.add(Tag.CONNECTION_ADDED, actor, connection=connection.id, name=name, user=user)
        own = audit.Trail(session, audit.chain_of(connection.id))
        own.add(Tag.CONNECTION_ADDED, actor, name=name, user=user)
        own.write()
        return Added(connection.id, user, password)


def everyone(database: Database) -> list[Connection]:
    """All connections."""
    with database.reading() as session:
        return list(session.execute(select(Connection).order_by(Connection.id)).scalars())


def get(database: Database, connection_id: int) -> Connection:
    """One connection, or NotFound."""
    with database.reading() as session:
        found = session.get(Connection, connection_id)
    if found is None:
        raise NotFound(f"There is no connection {connection_id}.", "See `tieout connection list`.")
    return found


def change_settings(
    database: Database, connection_id: int, values: Mapping[str, Any], *, actor: str, reason: str = ""
) -> dict[str, Value]:
    """Change settings; each change is on the trail with before and after. Returns what changed.

    All of them or none: what is unknown, or does not fit, is refused in words. A choice that was made
    for good changes only with a ``reason``, and not while anything stands on it.
    """
    given = {name: declared.read(declared.find(name), value) for name, value in values.items()}
    with work(database, connection_id) as unit:
        before = unit.connection.settings
        changed = _changed(unit.connection, given)
        after = {**before, **changed}
        for name, value in changed.items():
            one = declared.find(name)
            if one.at_rest:
                procore_mode.must_be_at_rest(unit.session, connection_id)
            if one.until:
                chosen = name in unit.connection.settings_changed
                held = _held(unit.session, connection_id, one.until)
                declared.must_be_free(one, held, text.squeeze(reason), chosen=chosen)
            declared.must_fit(one, value, offered(unit.session, connection_id, one), after)
        unit.connection.settings = after
        _note_changes(unit, before, changed, actor, text.squeeze(reason))
    return changed


def _changed(connection: Connection, given: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in given.items() if connection.settings.get(name) != value}


def _held(session: Session, connection_id: int, kind: str) -> int:
    query = select(func.count()).select_from(Binding).join(Item, Item.id == Binding.item_id)
    return session.execute(query.where(Item.connection_id == connection_id, Item.kind == kind)).scalar_one()


def _note_changes(unit: Work, before: Mapping[str, Any], changed: Mapping[str, Value], actor: str, reason: str) -> None:
    by = {"by": actor, "at": unit.at.isoformat(timespec="seconds")}
    # A record that is deleted later is still called by the name it had when it was chosen.
    records = {name: named for name in changed if (named := _record(unit.session, unit.connection, name)[0])}
    noted = {name: by | ({"record": records[name]} if name in records else {}) for name in changed}
    unit.connection.settings_changed = {**unit.connection.settings_changed, **noted}
    for name, value in changed.items():
        said: dict[str, Any] = {"reason": reason} if reason else {}
        said |= {"record": records[name]} if name in records else {}
        unit.trail.add(Tag.CONNECTION_SETTING, actor, setting=name, before=before.get(name), after=value, **said)


def change_settings_as(
    database: Database, connection_id: int, who: Person, values: Mapping[str, Any], *, reason: str = ""
) -> dict[str, Value]:
    """The same by a person, who needs the right of each setting that changes."""
    connection = get(database, connection_id)
    given = {name: declared.read(declared.find(name), value) for name, value in values.items()}
    changed = _changed(connection, given)
    for act in dict.fromkeys(declared.find(name).right for name in changed):
        permissions.must(database, connection_id, who, act)
    return change_settings(database, connection_id, changed, actor=who.name, reason=reason)


@dataclass(frozen=True)
class Shown:
    """One setting as the page shows it."""

    setting: declared.Setting
    value: Value
    offered: tuple[Offered, ...]
    changed_by: str = ""
    changed_at: datetime | None = None
    record: str = ""  # the full name of the record of QuickBooks that is chosen
    trouble: str = ""  # why it cannot be used as it stands

    @property
    def said(self) -> str:
        """The value as people call it."""
        return self.record or self.plain

    @property
    def plain(self) -> str:
        """The value as a form carries it."""
        words = {True: "yes", False: "no", None: ""}
        return words[self.value] if isinstance(self.value, bool | None) else str(self.value)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What may be chosen, and how it is called."""
        if self.setting.form == declared.YES_NO:
            return (("yes", "On"), ("no", "Off"))
        active = self.setting.choices or tuple((one.list_id, one.name) for one in self.offered)
        chosen = ((self.plain, f"{self.record} (not usable)"),) if self.trouble else ()
        return (*chosen, *active)


def settings_page(database: Database, connection_id: int) -> dict[str, list[Shown]]:
    """Every setting by group, with its value, what it may be chosen from, and who changed it last."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        return {
            group: [_shown(session, connection, one) for one in settings]
            for group, settings in declared.groups().items()
        }


def _shown(session: Session, connection: Connection, setting: declared.Setting) -> Shown:
    choice = tuple(offered(session, connection.id, setting))
    value = connection.settings.get(setting.name, setting.default)
    last = connection.settings_changed.get(setting.name) or {}
    at = datetime.fromisoformat(last["at"]) if last else None
    return Shown(setting, value, choice, last.get("by", ""), at, *_record(session, connection, setting.name))


def _record(session: Session, connection: Connection, name: str) -> tuple[str, str]:
    """The full name of the record a setting names, and why it cannot be used; both empty where it names none."""
    setting, list_id = declared.find(name), connection.settings.get(name)
    source = declared.PICKED.get(setting.form)
    if source is None or not list_id:
        return "", ""
    row = StagedRecord
    mine = (row.connection_id == connection.id, row.source == source, row.list_id == list_id)
    found = session.execute(select(row.full_name, row.active).where(*mine)).one_or_none()
    if found is None:
        last: Mapping[str, str] = connection.settings_changed.get(name) or {}
        gone = last.get("record", f"A record of the list {registry.refreshes()[source].label}")
        return gone, f"{gone} is not in QuickBooks any more, as last read. Choose another."
    if found.active:
        return found.full_name, ""
    return found.full_name, (
        f"{found.full_name} is inactive in QuickBooks. Make it active there and press Refresh here, or choose another."
    )


def offered(session: Session, connection_id: int, setting: declared.Setting) -> list[Offered]:
    """The active records of QuickBooks a setting may choose from."""
    source = declared.PICKED.get(setting.form)
    if source is None:
        return []
    row = StagedRecord
    mine = (row.connection_id == connection_id) & row.active
    accounts = select(row.full_name, row.data).where(mine, row.source == declared.PICKED[declared.ACCOUNT])
    types = {found.full_name: str(found.data.get("account_type") or "") for found in session.execute(accounts)}
    query = select(row.list_id, row.full_name, row.data).where(mine, row.source == source).order_by(row.full_name)
    return [
        Offered(found.list_id, found.full_name, types.get(found.data.get("one_sided_account") or found.full_name, ""))
        for found in session.execute(query)
    ]


def go_live(database: Database, connection_id: int, *, actor: str) -> None:
    """From now on approved items are written to QuickBooks."""
    with work(database, connection_id) as unit:
        unit.connection.live = True
        unit.trail.add(Tag.CONNECTION_LIVE, actor)


def confirm_file(database: Database, connection_id: int, path: str, *, actor: str) -> None:
    """The company file was moved on purpose: from now on it is expected at this path. Its FileID must still be ours."""
    with work(database, connection_id) as unit:
        before, unit.connection.company_file = unit.connection.company_file, path
        unit.trail.add(Tag.COMPANY_FILE_BOUND, actor, before=before, file=path)


def new_password(database: Database, connection_id: int, *, actor: str, at_once: bool = False) -> str:
    """Give the Web Connector user another password, told once.

    The one in use works until the new one was used, and no longer than the setting says; ``at_once`` ends it now.
    A new one that nobody used before the next was made is worth nothing: it is not what the Web Connector has.
    """
    password = ids.secret()
    hashed = hash_password(password)
    with work(database, connection_id) as unit:
        connection = unit.connection
        days = int(connection.settings.get("password_overlap_days") or 7)
        until = None if at_once else unit.at + timedelta(days=days)
        newest_unused = connection.old_password_until is not None and unit.at < connection.old_password_until
        in_use = connection.old_password if newest_unused else connection.web_connector_password
        connection.old_password = in_use if until else ""
        connection.old_password_until = until
        connection.web_connector_password = hashed
        connection.wrong_passwords, connection.locked_until = 0, None
        told = until.isoformat(timespec="seconds") if until else "now"
        unit.trail.add(Tag.PASSWORD_CHANGED, actor, login=connection.web_connector_user, old_one_until=told)
    return password


def pause(database: Database, connection_id: int, who: Person, paused: bool) -> None:
    """Stop handing work to the Web Connector, or go on."""
    permissions.must(database, connection_id, who, "connection")
    with work(database, connection_id) as unit:
        unit.connection.paused = paused
        unit.trail.add(Tag.CONNECTION_PAUSED if paused else Tag.CONNECTION_RESUMED, who.name)
