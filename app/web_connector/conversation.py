"""What each of the Web Connector's eight calls means. Opens no socket, knows no SOAP."""

from __future__ import annotations

from collections import OrderedDict

from app.services.sessions import Live, Sessions
from app.web_connector.qwc import OWNER_ID

VERSION = "Tieout 0.1"

#: clientVersion comes before there is a session; what it said is remembered a while, by machine.
REMEMBERED = 200

#: Answers of authenticate's second element.
OPEN_FILE, NO_WORK, NOT_VALID, BUSY = "", "none", "nvu", "busy"

UNKNOWN_TICKET = "This session is not known here, or is over. Press Update Selected in the Web Connector to begin anew."


class Conversation:
    """The meaning of the eight calls. Every answer is a text, a list of texts or a number, never None."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._versions: OrderedDict[str, str] = OrderedDict()

    def server_version(self) -> str:
        return VERSION

    def client_version(self, version: str, remote: str) -> str:
        greeting = self._sessions.hosts.greet(version)
        if greeting.refused:
            self._sessions.turned_away("clientVersion", greeting.sentence, remote)
            return f"E:{greeting.sentence}"
        self._versions[remote] = greeting.sentence
        self._versions.move_to_end(remote)
        while len(self._versions) > REMEMBERED:
            self._versions.popitem(last=False)
        # An unlisted version goes on; a W: answer would stop unattended runs with a dialog.
        return ""

    def authenticate(self, user: str, password: str, remote: str) -> list[str]:
        found = self._sessions.sign_in(user, password, remote, self._versions.get(remote, ""))
        match found.outcome:
            case "ok":
                return [found.ticket, OPEN_FILE]
            case "busy":
                return ["", BUSY]
            case "idle" | "paused":
                return ["", NO_WORK]
            case _:
                return ["", NOT_VALID]

    def send_request_xml(self, ticket: str, hcp: str, company_file: str, country: str, major: int, minor: int) -> str:
        live = self._sessions.find(ticket)
        if live is None or live.over or live.state == "stopping":
            return ""
        if live.state == "opened":
            if self._sessions.check_host(live, hcp, company_file, country, OWNER_ID):
                return ""
            live = self._sessions.find(ticket) or live
        return self._sessions.next_set(live) or ""

    def receive_response_xml(self, ticket: str, response: str, hresult: str, message: str) -> int:
        live = self._sessions.find(ticket)
        if live is None:
            return -1
        if live.over:  # late, under a ticket another session has taken over from: once, if still wanted
            self._sessions.take(live, response, hresult, message)
            return -1
        taken = self._sessions.take(live, response, hresult, message)
        if taken.stop or (not taken.known and not self._sessions.answered_before(live, response)):
            return -1
        return self._sessions.progress(live)

    def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        live = self._sessions.find(ticket)
        if live is not None and not live.over:
            self._sessions.connection_failed(live, hresult, message)
        return "done"

    def get_last_error(self, ticket: str) -> str:
        live = self._sessions.find(ticket)
        if live is None:
            return UNKNOWN_TICKET
        return live.last_error or ("No data exchange required." if not live.over else UNKNOWN_TICKET)

    def close_connection(self, ticket: str) -> str:
        live: Live | None = self._sessions.find(ticket)
        return self._sessions.close(live) if live is not None else "OK"

    def refused(self, what: str, sentence: str, remote: str) -> None:
        self._sessions.turned_away(what, sentence, remote)
