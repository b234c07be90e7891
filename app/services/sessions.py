"""Web Connector sessions as the database knows them: opened, checked, busy, ended, recovered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, ids
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Conversation, MessageSet, Operation
from app.qbxml import parse
from app.services import candidates, exchange, handout, people, permissions, quiet, recover, refreshes, release, restore
from app.services.hosts import HostPolicy
from app.services.people import Person
from app.services.tools import Tools
from app.services.unit import Work, service_work, work
from state_machines.conversation import CONVERSATION, LIVE

WEB_CONNECTOR = "Web Connector"

#: A session without a call for so long is over; longer while QuickBooks works on a set.
SILENT_FOR = timedelta(minutes=10)
SILENT_WITH_SET_OUT = timedelta(minutes=30)

WRONG_PASSWORDS = 5
LOCKED_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class SignIn:
    """How authenticate went: ok, unknown, locked, busy, paused or idle."""

    outcome: str
    ticket: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Live:
    """A session found by its ticket."""

    id: int
    connection_id: int
    state: str
    last_error: str

    @property
    def over(self) -> bool:
        return self.state not in LIVE


class Sessions:
    """All that the Web Connector's calls do to the database."""

    def __init__(
        self, database: Database, tools: Tools, hosts: HostPolicy, newest: restore.Newest | None = None
    ) -> None:
        self._database, self._tools, self.hosts, self._newest = database, tools, hosts, newest

    # -- authenticate ----------------------------------------------------------------------------------------------

    def sign_in(self, user: str, password: str, remote: str, client_version: str) -> SignIn:
        """Open a session if the password fits, nobody else is at it, and there is something to do."""
        connection = self._connection_of(user)
        if connection is None:
            people.password_fits(None, password)  # as slow as for a known user
            with service_work(self._database) as (_, trail):
                trail.add(Tag.WC_REFUSED, WEB_CONNECTOR, why="unknown user", remote=remote)
            return SignIn("unknown", sentence="There is no such Web Connector user.")
        if connection.locked_until and clock.now() < connection.locked_until:
            return self._turn_away(connection, "locked", "too many wrong passwords; locked", remote)
        newest = people.password_fits(connection.web_connector_password, password)
        fits = newest or _old_password_fits(connection, password)
        if fits:
            restore.notice(self._database, self._newest, connection.id)
        with work(self._database, connection.id) as unit:
            if not fits:
                return _wrong_password(unit, remote)
            unit.connection.wrong_passwords, unit.connection.locked_until = 0, None
            unit.connection.contact_at = unit.at
            if newest and unit.connection.old_password:
                _end_old_password(unit, remote)
            return self._open(unit, remote, client_version)

    def _connection_of(self, user: str) -> Connection | None:
        query = select(Connection).where(Connection.web_connector_user == user)
        with self._database.reading() as session:
            return session.execute(query).scalar_one_or_none()

    def _turn_away(self, connection: Connection, outcome: str, why: str, remote: str) -> SignIn:
        with work(self._database, connection.id) as unit:
            unit.trail.add(Tag.WC_REFUSED, WEB_CONNECTOR, why=why, remote=remote)
        return SignIn(outcome, sentence=why)

    def _open(self, unit: Work, remote: str, client_version: str) -> SignIn:
        live = unit.session.execute(
            select(Conversation).where(Conversation.connection_id == unit.connection.id, Conversation.state.in_(LIVE))
        ).scalar_one_or_none()
        if live is not None:
            if unit.at - live.last_call_at < self._patience(unit, live):
                unit.trail.add(Tag.WC_REFUSED, WEB_CONNECTOR, why="busy", remote=remote, other=live.machine)
                return SignIn("busy", sentence=f"Another Web Connector session is running ({live.machine}).")
            end(unit, live, "silent for too long")
            unit.session.flush()
        if unit.connection.paused:
            return SignIn("paused", sentence="The connection is paused.")
        if until := quiet.ends(unit.connection.settings, unit.at):
            return SignIn("paused", sentence=f"Quiet hours until {until}.")
        refreshes.ask_for_due(unit)
        release.decide_again(unit)
        unit.session.flush()
        if not work_left(unit.session, unit.connection, None):
            return SignIn("idle", sentence="Nothing waits.")
        conversation = Conversation(
            connection_id=unit.connection.id,
            ticket=ids.ticket(),
            state=CONVERSATION.initial,
            machine=remote,
            client_version=client_version,
            started_at=unit.at,
            last_call_at=unit.at,
        )
        unit.session.add(conversation)
        unit.session.flush()
        refreshes.restart(unit)
        unit.connection.host = {**unit.connection.host, "web_connector": client_version}
        unit.trail.add(Tag.WC_OPENED, WEB_CONNECTOR, session=conversation.id, remote=remote, version=client_version)
        return SignIn("ok", ticket=conversation.ticket)

    def _patience(self, unit: Work, live: Conversation) -> timedelta:
        query = select(MessageSet.id).where(MessageSet.conversation_id == live.id, MessageSet.state == "out")
        return SILENT_WITH_SET_OUT if unit.session.execute(query).first() else SILENT_FOR

    # -- a running session -----------------------------------------------------------------------------------------

    def find(self, ticket: str) -> Live | None:
        """The session of a ticket, over or not."""
        query = select(Conversation).where(Conversation.ticket == ticket)
        with self._database.reading() as session:
            found = session.execute(query).scalar_one_or_none()
        return Live(found.id, found.connection_id, found.state, found.last_error) if found else None

    def check_host(self, live: Live, hcp: str, company_file: str, country: str, owner_id: str) -> str:
        """Look at what QuickBooks says of itself and its file. Returns why not, or nothing."""
        try:
            host = parse.host(hcp)
        except parse.Unreadable as problem:
            return self._stop(live, f"What QuickBooks says of itself could not be read. {problem}", Tag.WC_REFUSED)
        found = self.hosts.judge(host, country)
        with work(self._database, live.connection_id) as unit:
            unit.connection.host = {**unit.connection.host, **found, "seen_at": unit.at.isoformat()}
            conversation = unit.session.get_one(Conversation, live.id)
            why_not = found["sentence"] or _wrong_file(unit.connection, host, company_file, owner_id)
            if why_not:
                stop(unit, conversation, why_not, Tag.WC_REFUSED, seen=company_file, company=host.company_name)
                return str(why_not)
            if not unit.connection.company_file:
                unit.connection.company_file = company_file
                unit.trail.add(Tag.COMPANY_FILE_BOUND, WEB_CONNECTOR, file=company_file, company=host.company_name)
            CONVERSATION.move(conversation, "check_host")
            conversation.last_call_at = unit.at
            unit.trail.add(Tag.WC_CHECKED, WEB_CONNECTOR, session=live.id, **_shown(found))
        return ""

    def next_set(self, live: Live) -> str | None:
        """The text of the next message set: what is out, what was lost, or what is new."""
        unanswered = exchange.apply_kept(self._database, self._tools, live.connection_id, live.id)
        body = self._once_more(live) if unanswered else None
        if body is None and not self._is_quiet(live):
            body = handout.next_set(self._database, self._tools, live.connection_id, live.id)
        if body is None:
            self._nothing_leaves(live)
        elif self._newest is not None:
            self._newest.keep(self._database, live.connection_id)
        return body

    def _is_quiet(self, live: Live) -> bool:
        """Whether the quiet hours began; what is under way ends, and nothing new begins."""
        with self._database.reading() as session:
            return bool(quiet.ends(session.get_one(Connection, live.connection_id).settings, clock.now()))

    def _once_more(self, live: Live) -> str | None:
        """The bytes of the set that is out or lost: they leave again before anything new."""
        with work(self._database, live.connection_id) as unit:
            conversation = unit.session.get_one(Conversation, live.id)
            conversation.last_call_at = unit.at
            out = unit.session.execute(
                select(MessageSet).where(MessageSet.connection_id == live.connection_id, MessageSet.state == "out")
            ).scalar_one_or_none()
            if unit.connection.paused and out is None:
                return None
            body = out.body if out is not None else recover.resume(unit, conversation)
            if body is not None:
                CONVERSATION.move(conversation, "send")
            return body

    def _nothing_leaves(self, live: Live) -> None:
        with work(self._database, live.connection_id) as unit:
            conversation = unit.session.get_one(Conversation, live.id)
            conversation.last_call_at = unit.at
            if unit.connection.paused:
                stop(unit, conversation, "The connection was paused.", Tag.WC_REFUSED)

    def take(self, live: Live, response: str, hresult: str, message: str) -> exchange.Taken:
        """Take the answer to what is out."""
        taken = exchange.take(self._database, self._tools, live.connection_id, live.id, response, hresult, message)
        if taken.stop:
            self._stop(live, taken.stop, Tag.WC_REFUSED)
        return taken

    def answered_before(self, live: Live, response: str) -> bool:
        """Whether this very answer was already taken in this session."""
        query = (
            select(MessageSet.answer)
            .where(MessageSet.conversation_id == live.id, MessageSet.answer.is_not(None))
            .order_by(MessageSet.answered_at.desc())
        )
        with self._database.reading() as session:
            return session.execute(query.limit(1)).scalar_one_or_none() == response

    def progress(self, live: Live) -> int:
        """Percent done: 100 only when no work is left."""
        with self._database.reading() as session:
            left = work_left(session, session.get_one(Connection, live.connection_id), live.id)
            done = session.get_one(Conversation, live.id).finished
        return 100 if not left else min(99, 100 * done // (done + left))

    def connection_failed(self, live: Live, hresult: str, message: str) -> str:
        """QuickBooks could not be opened. Returns the sentence for the log."""
        verdict = self._tools.policy.hresult(hresult)
        sentence = f"{verdict.sentence} {verdict.what_to_do} ({hresult} {message})".strip()
        return self._stop(live, sentence, Tag.WC_REFUSED)

    def _stop(self, live: Live, sentence: str, tag: Tag) -> str:
        with work(self._database, live.connection_id) as unit:
            stop(unit, unit.session.get_one(Conversation, live.id), sentence, tag)
        return sentence

    def close(self, live: Live) -> str:
        """End the session; what is still out without an answer is lost. Returns words for the user."""
        with work(self._database, live.connection_id) as unit:
            conversation = unit.session.get_one(Conversation, live.id)
            if conversation.state not in LIVE:
                return "Closed."
            finished, error = conversation.finished, conversation.last_error
            end(unit, conversation, error or "closed", move="close")
        return f"Stopped: {error}" if error else f"Done: {finished} finished."

    def turned_away(self, what: str, sentence: str, remote: str) -> None:
        """A message was refused before anything was read from it."""
        with service_work(self._database) as (_, trail):
            trail.add(Tag.WC_TURNED_AWAY, WEB_CONNECTOR, what=what, sentence=sentence, remote=remote)


def _old_password_fits(connection: Connection, password: str) -> bool:
    """Whether it is the password before the last, while that still counts."""
    until = connection.old_password_until
    if not connection.old_password or until is None or clock.now() >= until:
        return False
    return people.password_fits(connection.old_password, password)


def _end_old_password(unit: Work, remote: str) -> None:
    """The new password arrived where it is used: the old one is worth nothing from now on."""
    unit.connection.old_password, unit.connection.old_password_until = "", None
    unit.trail.add(Tag.OLD_PASSWORD_ENDED, WEB_CONNECTOR, remote=remote)


def _wrong_password(unit: Work, remote: str) -> SignIn:
    connection = unit.connection
    connection.wrong_passwords += 1
    if connection.wrong_passwords >= WRONG_PASSWORDS:
        connection.locked_until, connection.wrong_passwords = unit.at + LOCKED_FOR, 0
    unit.trail.add(Tag.WC_REFUSED, WEB_CONNECTOR, why="wrong password", remote=remote)
    return SignIn("unknown", sentence="The password is wrong.")


def _wrong_file(connection: Connection, host: parse.HostAnswer, company_file: str, owner_id: str) -> str:
    """Why this is not our company file, or nothing. Only FileID is proof; the path must agree with it."""
    file_id = host.file_ids.get(owner_id.lower(), "")
    if file_id.lower() != connection.file_id.lower():
        return (
            f"Wrong company file: {host.company_name or company_file} is not the file this connection was set up with. "
            "Open the right file in QuickBooks, or add this connection's .qwc to it."
        )
    expected = connection.company_file
    if expected and expected.casefold() != company_file.strip().casefold():
        return (
            f"Wrong company file: {company_file} is open, expected {expected}. "
            "If it was moved on purpose, whoever looks after Tieout confirms that: `tieout connection company-file`."
        )
    return ""


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in ("product", "country", "year", "edition", "company", "qbxml_version")}


def stop(unit: Work, conversation: Conversation, sentence: str, tag: Tag, **more: Any) -> None:
    """No more requests in this session; getLastError will say why."""
    conversation.last_error, conversation.last_call_at = sentence, unit.at
    if CONVERSATION.allows("stop", conversation.state):
        CONVERSATION.move(conversation, "stop")
    unit.trail.add(tag, WEB_CONNECTOR, session=conversation.id, sentence=sentence, **more)


def end(unit: Work, conversation: Conversation, why: str, move: str = "expire") -> None:
    """The session is over. A set still out has no answer: lost."""
    CONVERSATION.move(conversation, move)
    conversation.ended_at = unit.at
    query = select(MessageSet).where(
        MessageSet.connection_id == unit.connection.id, MessageSet.state == "out", MessageSet.answer.is_(None)
    )
    for message_set in unit.session.execute(query).scalars():
        recover.lose(unit, message_set, why)
    unit.trail.add(
        Tag.WC_ENDED,
        WEB_CONNECTOR,
        session=conversation.id,
        why=why,
        sets=conversation.sets,
        done=conversation.finished,
    )


def end_now(database: Database, connection_id: int, who: Person) -> bool:
    """Somebody ends the running session; what is out without an answer counts as lost. Whether one was running."""
    permissions.must(database, connection_id, who, "connection")
    with work(database, connection_id) as unit:
        query = select(Conversation).where(Conversation.connection_id == connection_id, Conversation.state.in_(LIVE))
        live = unit.session.execute(query).scalar_one_or_none()
        if live is None:
            return False
        unit.trail.add(Tag.SESSION_ENDED, who.name, session=live.id)
        end(unit, live, f"ended by {who.name}")
        return True


def work_left(session: Session, connection: Connection, conversation_id: int | None) -> int:
    """How much could still be asked in this session: operations, and sets in doubt.

    Zero is exact. What waits for another's lock counts too, as long as anything may be asked.
    """
    waiting = select(Operation.seq).where(*candidates.waiting(connection, conversation_id))
    operations = 0
    if session.execute(waiting.limit(1)).first() is not None:
        going = (Operation.connection_id == connection.id, Operation.state.in_(candidates.GOING))
        operations = session.execute(select(func.count()).select_from(Operation).where(*going)).scalar_one()
    doubtful = (
        select(func.count())
        .select_from(MessageSet)
        .where(MessageSet.connection_id == connection.id, MessageSet.state.in_(("lost", "out")))
    )
    return operations + session.execute(doubtful).scalar_one()
