"""The connection: its health, its line and its sessions; and what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g
from marshmallow import fields, validate

from app.admin import connection as screen
from app.admin.access import connection_id, me, services
from app.admin.api.items import ItemShape, MoveShape
from app.admin.api.routes import Family, File, database
from app.admin.api.shapes import (
    Asked,
    Done,
    Shape,
    done,
    flag,
    many,
    moment,
    number,
    one,
    storable,
    text,
    texts,
    words,
    yes_no,
)
from app.services import (
    connection_page,
    connections,
    deletions,
    health,
    permissions,
    refreshes,
    session_page,
    sessions,
    support_bundle,
    working,
)
from app.services.connection_page import ConnectionPage

family = Family(
    "connection", "The connection with QuickBooks: health, sessions, and what helps when something is wrong."
)
MAY = ("connection", "")


class AskedShape(Shape):
    """What QuickBooks is asked for."""

    asked = texts("The lists newly asked for; those already asked for are not asked for twice.")


class Names(Asked):
    """Lists to ask for."""

    names = fields.List(
        fields.String(validate=[validate.Length(max=80), storable]),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Which lists, by name; none: all of them."},
    )


class HealthShape(Shape):
    """How it is."""

    tone = text("good, busy, warn or bad.")
    sentence = text("How it is, in words.")
    checklist = texts("What to look at.")


class SessionShape(Shape):
    """One Web Connector session in short."""

    id = number("Its number.")
    state = text("Where it is.")
    machine = text("The machine it came from.")
    client_version = text("The version of the Web Connector.")
    started_at = moment("When it began.", nullable=False)
    last_call_at = moment("When it last called.", nullable=False)
    ended_at = moment("When it ended.")
    last_error = text("What went wrong in it.")
    sets = number("How many message sets it carried.")
    finished = number("How many operations it finished.")


class SetShape(Shape):
    """One message set in short."""

    id = text("Its id.")
    writes = yes_no("Whether it writes.")
    state = text("out, answered, refused, lost or abandoned.")
    requests = number("How many requests it holds.")
    sends = number("How often it was sent.")
    hresult = text("QuickBooks' error code for the whole of it.")
    sent_at = moment("When it was sent last.", nullable=False)
    answered_at = moment("When its answer came.")


class QueueShape(Shape):
    """One operation in line."""

    place = number("Its place.")
    kind = text("What it is of.", "operation.kind")
    state = text("Where it is.", "operation.state")
    problem = text("What is wrong with it.", "operation.problem")
    item = one(ItemShape, nullable=True)


class ListReadShape(Shape):
    """One list of QuickBooks."""

    name = text("As a refresh names it.")
    label = text("What people call it.")
    finished_at = moment("When it was last read to its end.")
    under_way = yes_no("Whether it is being asked for.")


class TroubleShape(Shape):
    """An answer that somebody may have to do something about."""

    at = moment("When it came last.", nullable=False)
    code = text("QuickBooks' code.")
    sentence = text("What happened.")
    what_to_do = text("What to do.")
    times = number("How often.")


class DoubtShape(Shape):
    """Deletions that a person may confirm."""

    kind = text("Of which kind.")
    plural = text("What people call it.")
    sentence = text("What is gone, and what to do.")
    seen = text("What exactly is gone; to be named when it is confirmed.")


class DoubtsShape(Shape):
    """What is doubted."""

    doubts = many(DoubtShape, "Each kind of which too much is gone.")


class ConnectionShape(Shape):
    """The connection as it is now."""

    id = number("Its number.", "connection.id")
    name = text("Its name.", "connection.name")
    live = yes_no("Whether what is approved is written to QuickBooks.", "connection.live")
    paused = yes_no("Whether it is paused.", "connection.paused")
    web_connector_user = text("The user of the Web Connector.", "connection.web_connector_user")
    company_file = text("The company file, once it was seen.", "connection.company_file")
    quickbooks = text("What QuickBooks said it is.")
    health = one(HealthShape)
    waiting = number("How many operations wait for QuickBooks.")
    not_told = number("How many items Procore is yet to be told of.")
    last_contact = moment("When a Web Connector last called.")
    next_contact = moment("When it is planned to come next.")
    quiet_until = text("Until when it is quiet; empty where it is not.")
    queue = many(QueueShape, "The first fifty in line.")
    sessions = many(SessionShape, "The last twenty sessions.")
    lists = many(ListReadShape, "When each list was read.")
    troubles = many(TroubleShape, "What went wrong in those sessions.")

    def get_quickbooks(self, page: ConnectionPage) -> str:
        return str(page.connection.host.get("product") or "")

    def get_lists(self, page: ConnectionPage) -> list[dict[str, Any]]:
        return [
            {"name": name, "label": label, "finished_at": at, "under_way": asked}
            for name, label, at, asked in page.refreshes
        ]


class SessionSetShape(Shape):
    """One message set of a session with its requests."""

    set = one(SetShape)
    requests = many(MoveShape, "Its requests; of long texts only the beginning.")


class WholeSessionShape(Shape):
    """One session with what was asked in it."""

    session = one(SessionShape, "conversation")
    sets = many(SessionSetShape, "Its message sets.")
    more = yes_no("Whether it held more requests than are shown.")

    def get_sets(self, page: Any) -> list[dict[str, Any]]:
        return [{"set": held, "requests": asked} for held, asked in page.sets]


class WholeSetShape(Shape):
    """One message set, word for word."""

    set = one(SetShape)
    body = text("What was sent; null for whoever may not read it.", nullable=True)
    answer = text("What came back; null where nothing did, or for whoever may not read it.", nullable=True)
    requests = many(MoveShape, "Its requests.")


@family.get("/connection", "The connection", gives=ConnectionShape)
def page() -> ConnectionPage:
    """Its health, its line, its last sessions, when each list was read, and what went wrong."""
    return connection_page.page(database(), connection_id())


@family.get("/connection/deletions", "Deletions that are doubted", gives=DoubtsShape)
def doubted() -> Any:
    """So much of a kind is no longer shown by Procore that nothing was taken as deleted."""
    return {"doubts": working.look(database(), connection_id()).doubts}


@family.get("/connection/health", "Health alone", gives=HealthShape)
def how_it_is() -> Any:
    """The sentence of every page about how the connection is."""
    return health.health(database(), connection_id())


@family.get("/connection/sessions/<int(max=9223372036854775807):session_id>", "One session", gives=WholeSessionShape)
def session(session_id: int) -> Any:
    """A Web Connector session with its message sets; requests and answers only for whoever may read them."""
    _may_read()
    return session_page.session_page(database(), connection_id(), session_id, texts=permissions.may_read_bodies(me()))


@family.get("/connection/sets/<set_id>", "One message set", gives=WholeSetShape)
def message_set(set_id: str) -> Any:
    """A message set as it went out and came back, for whoever may read it."""
    readable = _may_read()
    found, requests = session_page.message_set(database(), connection_id(), set_id)
    texts = {"body": found.body, "answer": found.answer} if readable else {"body": None, "answer": None}
    return {"set": found, "requests": requests, **texts}


def _may_read() -> bool:
    readable = permissions.may_read_bodies(me())
    g.readable = readable
    return readable


# -- what may be done ----------------------------------------------------------------------------------------------


class Pause(Asked):
    """Whether to pause."""

    paused = flag("true: nothing leaves for QuickBooks. false: it goes on.", required=True)


class Deletions(Asked):
    """Deletions as they were seen."""

    kind = words("Their kind.", most=60, required=True, least=1)
    seen = words("As the list of what is doubted says it: nothing else is confirmed.", most=64, required=True, least=1)


class NewPassword(Asked):
    """How to change the password."""

    at_once = flag("true: the old one works no more. false: until the new one was used, for some days at most.")


class PasswordShape(Shape):
    """A password, told once."""

    user = text("The user of the Web Connector.")
    password = text("The password; it is kept nowhere.")


class CheckShape(Shape):
    """One result of the self-test."""

    label = text("What was tried.")
    fine = yes_no("Whether it went well.")
    sentence = text("What was found.")
    what_to_do = text("What to do.")


class ChecksShape(Shape):
    """The results of the self-test."""

    results = many(CheckShape, "Each of them.")


@family.post("/connection/refresh", "Ask QuickBooks for lists", takes=Names, gives=AskedShape, right=("refresh", ""))
def refresh(body: Mapping[str, Any]) -> Any:
    """They are read in the next Web Connector session."""
    return {"asked": refreshes.ask(database(), connection_id(), me(), body["names"])}


@family.post("/connection/pause", "Pause, or go on", takes=Pause, right=MAY)
def pause(body: Mapping[str, Any]) -> dict[str, str]:
    """While it is paused nothing leaves for QuickBooks."""
    connections.pause(database(), connection_id(), me(), body["paused"])
    return done("Paused: nothing leaves for QuickBooks." if body["paused"] else "Going on.")


@family.post("/connection/deletions", "Confirm deletions", takes=Deletions, gives=Done, right=MAY)
def confirm_deletions(body: Mapping[str, Any]) -> dict[str, str]:
    """They were really deleted in Procore: the kind is read once more, and what is still gone is taken as deleted."""
    found = deletions.confirm(database(), connection_id(), me(), body["kind"], body["seen"])
    return done(f"Confirmed. {found.plural} are read once more.")


@family.post("/connection/end", "End the running session", gives=Done, right=MAY)
def end() -> dict[str, str]:
    """What it had out is settled in the next one."""
    ended = sessions.end_now(database(), connection_id(), me())
    return done("The session was ended." if ended else "No session is running.")


@family.post("/connection/password", "Make another password", takes=NewPassword, gives=PasswordShape, right=MAY)
def password(body: Mapping[str, Any]) -> Any:
    """For the user of the Web Connector. It is told once, in this answer."""
    told = connections.new_password(database(), connection_id(), actor=me().name, at_once=body["at_once"])
    return {"user": connections.get(database(), connection_id()).web_connector_user, "password": told}


@family.get("/connection/qwc", "The .qwc file", gives=File("application/xml", "The file."), right=MAY)
def qwc() -> Response:
    """What the Web Connector is given once. While the connection is being set up only after its first steps."""
    found: Response = screen.qwc()
    return found


@family.post("/connection/self-test", "Run the self-test", gives=ChecksShape, right=MAY)
def test_itself() -> Any:
    """Look whether this service answers at the address that the .qwc file carries."""
    return {"results": screen.run_the_test()}


@family.post("/connection/support-bundle", "A support bundle", gives=File("application/zip", "The bundle."), right=MAY)
def bundle() -> Response:
    """What helps whoever looks into a problem, without names and amounts."""
    permissions.must(database(), connection_id(), me(), "connection")
    body = support_bundle.make(database(), connection_id(), me(), services().settings.shown())
    return Response(body, mimetype="application/zip")
