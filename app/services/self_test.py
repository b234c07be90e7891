"""The self-test: does the service answer as the Web Connector will ask, over the very address in the .qwc file."""

from __future__ import annotations

import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import urlsplit

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from sqlalchemy import func, select

from app.core import clock
from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Event
from app.services import audit, permissions
from app.services.people import Person
from app.services.unit import work

PATIENCE = 5.0
MOST_BYTES = 256 * 1024
#: A certificate that ends sooner is worth a word.
RENEW_WITHIN = timedelta(days=21)
CLOCKS_DIFFER = timedelta(minutes=2)
LOCAL = ("localhost", "127.0.0.1")
#: What asking an address ends in; a name that can be none of a machine is a ValueError.
UNREACHABLE = (OSError, ValueError, HTTPException)

_CALL = (
    b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    b'<soap:Body><serverVersion xmlns="http://developer.intuit.com/" /></soap:Body></soap:Envelope>'
)

#: What a first session does, in the order in which it happens.
FIRST_SESSION = (
    "The Web Connector tells its version. One older than 31 is refused in words.",
    "It signs in with the user of the .qwc file and the password typed into it.",
    "It opens QuickBooks with the company file, and tells edition, country, company and preferences.",
    "Tieout looks whether these are supported, and whether the company file carries this connection's FileID. From "
    "then on no other file is written to.",
    "Tieout asks for the accounts, customers, vendors and items, a hundred at a time. Nothing is written.",
    "When nothing is left to ask, the session is closed, and the Web Connector comes again as planned.",
)


@dataclass(frozen=True)
class Result:
    """One check: whether it went well, in a sentence, and what to do if not."""

    label: str
    fine: bool
    sentence: str
    what_to_do: str = ""


def run(database: Database, connection_id: int, who: Person, url: str, *, is_set: bool = False) -> list[Result]:
    """Every check. ``url`` is the address of the .qwc file; unless it ``is_set`` it is what the caller says it is.

    By what a caller says the service is not sent to any other machine.
    """
    permissions.must(database, connection_id, who, "connection")
    if not is_set and not _is_local(url):
        raise Refusal(
            f"Tieout knows {url} only from your browser, and asks no address it was not told is its own.",
            "Let whoever looks after the service set TIEOUT_PUBLIC_URL to the address Tieout is opened under.",
            code="other_host",
        )
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        last = select(func.max(Event.at)).where(Event.chain == audit.chain_of(connection_id))
        newest = session.execute(last).scalar_one()
    wsdl, date_header = _wsdl(url)
    results = [wsdl, _call(url), _support(url), _certificate(url), _password(connection), _clock(newest, date_header)]
    with work(database, connection_id) as unit:
        unit.trail.add(Tag.SELF_TESTED, who.name, failed=[one.label for one in results if not one.fine])
    return results


def _is_local(url: str) -> bool:
    try:
        return urlsplit(url).hostname in LOCAL
    except ValueError:
        return False


class _NoFurther(urllib.request.HTTPRedirectHandler):
    """The Web Connector follows nobody elsewhere, and neither does the test of it."""

    def redirect_request(self, *_: object) -> None:
        return None


def _ask(url: str, body: bytes | None = None) -> tuple[int, bytes, str]:
    """Status, text and the Date header of an answer; no proxy stands between the service and itself."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"http://developer.intuit.com/serverVersion"'}
    asked = urllib.request.Request(url, body, headers if body else {})  # noqa: S310  # http or https: see _wsdl
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoFurther())
    with opener.open(asked, timeout=PATIENCE) as answer:
        return answer.status, answer.read(MOST_BYTES), answer.headers.get("Date", "")


def _wsdl(url: str) -> tuple[Result, str]:
    label, fix = (
        "The service answers",
        "See that the service runs, and that this address leads to it: name, port, firewall.",
    )
    if urlsplit(url).scheme not in ("http", "https"):
        return Result(label, False, f"{url} is not a web address.", fix), ""
    try:
        status, text, date = _ask(f"{url}?wsdl")
    except UNREACHABLE as problem:
        return Result(label, False, f"{url} could not be reached: {_said(problem)}.", fix), ""
    fine = status == 200 and b"sendRequestXML" in text
    return Result(label, fine, f"{url} shows its WSDL." if fine else f"{url} shows something else.", fix), date


def _call(url: str) -> Result:
    label, fix = (
        "It understands SOAP",
        "A proxy in front may change requests: it must hand POST requests on as they are.",
    )
    try:
        status, text, _ = _ask(url, _CALL)
    except UNREACHABLE as problem:
        return Result(label, False, f"A call of serverVersion failed: {_said(problem)}.", fix)
    fine = status == 200 and b"serverVersionResult" in text
    return Result(label, fine, "A call of serverVersion was answered." if fine else "The answer is not SOAP.", fix)


def _support(url: str) -> Result:
    label = "The support page opens"
    try:
        status, _, _ = _ask(f"{url}/support")
    except UNREACHABLE as problem:
        status = getattr(problem, "code", 0)
    fix = "The Web Connector refuses the .qwc file without it (QBWC1003)."
    return Result(label, status == 200, f"It answers {status or 'nothing'}.", fix)


def _certificate(url: str) -> Result:
    label, parts = "The certificate is valid", urlsplit(url)
    if parts.scheme == "http":
        local = parts.hostname in LOCAL
        told = "No certificate: plain http is fine on this machine alone." if local else "There is none: this is http."
        return Result(label, local, told, "The Web Connector demands https for every address but localhost (QBWC1010).")
    fix = "Renew it, and serve it with its whole chain: Windows must trust it (QBWC1048)."
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            found = secure.getpeercert() or {}
    except (OSError, ValueError) as problem:
        return Result(label, False, f"It could not be verified: {_said(problem)}.", fix)
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found.get("notAfter"))), UTC)
    left = ends - clock.now()
    return Result(label, left > RENEW_WITHIN, f"It ends on {ends:%d %b %Y}, in {left.days} days.", fix)


def _password(connection: Connection) -> Result:
    label, fix = "The password can be checked", "Make a new password on the Connection page."
    try:
        extract_parameters(connection.web_connector_password)
    except InvalidHashError:
        return Result(label, False, "What is kept of the Web Connector's password cannot be read.", fix)
    return Result(label, True, "Its Argon2 hash is kept and readable; the password itself is kept nowhere.")


def _clock(newest: datetime | None, date_header: str) -> Result:
    label, fix = "The clock is right", "Let this machine set its clock from a time server."
    now = clock.now()
    if newest is not None and newest > now + CLOCKS_DIFFER:
        return Result(label, False, f"It is behind: the audit trail has an event of {newest:%d %b %Y %H:%M} UTC.", fix)
    if (told := _moment(date_header)) and abs(told - now) > CLOCKS_DIFFER:
        return Result(label, False, f"It differs from the server in front, which says {date_header}.", fix)
    return Result(label, True, f"It says {now:%d %b %Y %H:%M} UTC, and no event is later.")


def _moment(header: str) -> datetime | None:
    """What a Date header says; nothing where it is no date."""
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _said(problem: BaseException) -> str:
    return str(getattr(problem, "reason", "") or problem or type(problem).__name__)[:200]
