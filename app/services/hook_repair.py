"""Makes and mends what Procore holds of our webhooks: one hook, its secret, and triggers for all that kinds ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from app.core import clock, ids
from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import ProcoreHook
from app.items import registry
from app.procore import Run
from app.services import procore_mode
from app.services.hooks import ERP_REQUESTS, plain
from app.services.procore_stores import cipher
from app.services.unit import work
from app.settings import Settings

Record = dict[str, Any]

HOOKS = "/rest/v1.0/webhooks/hooks"
#: Of the payload. Source: Procore's page "Using the Webhooks API".
VERSION = "v2"
EVENTS = ("create", "update", "delete")
#: Hooks of every installation begin so; behind it stands the key of the connection.
NAMESPACE = "tieout-"
#: How long the secret before is still let in: Procore tries for twelve hours.
OVERLAP = timedelta(days=1)
#: Procore may show no more of a header than its end.
SHOWN = 5
PAGE = 100


@dataclass(frozen=True)
class Failure:
    """A delivery that Procore could not make."""

    at: str
    event: str
    why: str
    given_up: bool


@dataclass
class Found:
    """What there is in Procore, beside what there should be."""

    hook: Record | None = None
    strays: list[Record] = field(default_factory=list)  # more hooks of the connection's own namespace
    others: list[Record] = field(default_factory=list)  # of another installation, or of one that is gone
    triggers: list[Record] = field(default_factory=list)
    surplus: list[Record] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)  # resource and event
    unknown: list[str] = field(default_factory=list)  # resources Procore tells nothing of


@dataclass(frozen=True)
class Shown:
    """How webhooks of a connection stand; nothing in it is secret."""

    address: str  # empty: never set up
    overlap_until: str
    found: Found
    right: bool  # Procore holds exactly what it should
    failures: list[Failure]


def show(database: Database, settings: Settings, connection_id: int, procore: Run) -> Shown:
    """How it stands here and in Procore."""
    row = _row(database, connection_id)
    found = _look(procore, row, wanted(database, connection_id))
    hook, address = found.hook, destination(row) if row else ""
    secret = plain(row.secret, cipher(settings.secret_key)) if row else ""
    right = bool(hook) and not (found.strays or found.surplus or found.missing or _differs(hook, address, secret))
    overlap = row.old_until if row and row.old_until and clock.now() < row.old_until else None
    return Shown(
        address,
        f"{overlap:%Y-%m-%d %H:%M} UTC" if overlap else "",
        found,
        right,
        _failures(procore, hook) if hook else [],
    )


def repair(
    database: Database,
    settings: Settings,
    connection_id: int,
    procore: Run,
    *,
    url: str = "",
    rotate: bool = False,
    dry_run: bool = False,
    actor: str,
) -> list[str]:
    """Make it so; done again, it does nothing. Returns what was done, or would be."""
    key = cipher(settings.secret_key)
    row, steps = _row(database, connection_id), _Steps(dry_run)
    address = _base(url) if url else (row.address if row else "")
    if not address:
        raise Refusal(
            "Procore has not been told yet where to send webhooks.", "Name this service's address with --url."
        )
    secret = plain(row.secret, key) if row else ""
    row = row or ProcoreHook(connection_id=connection_id, key=ids.short(), secret="", old_secret="", address="")
    if rotate or not secret:
        row.old_secret, row.old_until = row.secret, clock.now() + OVERLAP if row.secret else None
        secret = f"Bearer {ids.secret(32)}"
        row.secret = key.encrypt(secret.encode()).decode()
        steps.say("Made a new secret." if not row.old_secret else "Made a new secret; the old one is good for a day.")
    row.address = address
    if not dry_run:  # first here: a notice with the new secret may come at once
        _keep(database, row)
    try:
        found = _look(procore, row, wanted(database, connection_id))
        _mend(procore, found, destination(row), row, secret, steps)
    finally:
        if steps.said and not dry_run:
            with work(database, connection_id) as unit:
                unit.trail.add(Tag.HOOKS_REPAIRED, actor, address=address, steps=steps.said)
    return steps.said


def destination(row: ProcoreHook) -> str:
    """Where Procore sends the notices of one connection."""
    return f"{row.address}/hooks/procore/{row.key}"


# -- making it so --------------------------------------------------------------------------------------------------


@dataclass
class _Steps:
    """What is done, in sentences."""

    dry_run: bool
    said: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def do(self, sentence: str, act: Callable[[], Any]) -> Any:
        """Do it and then say so; in a dry run only say it."""
        answer = None if self.dry_run else act()
        self.say(sentence)
        return answer


def _mend(procore: Run, found: Found, url: str, row: ProcoreHook, secret: str, steps: _Steps) -> None:
    company = {"company_id": procore.company_id}
    hook = {"api_version": VERSION, "destination_url": url, "destination_headers": {"Authorization": secret}}
    held = found.hook
    if held is None:
        body = {**company, "hook": {**hook, "namespace": NAMESPACE + row.key}}
        held = steps.do(f"Made the hook to {row.address}.", lambda: procore.post(HOOKS, body))
    elif _differs(held, url, secret):
        path = f"{HOOKS}/{held['id']}"
        steps.do(
            f"Set address and secret of the hook to {row.address}.",
            lambda: procore.patch(path, {**company, "hook": hook}),
        )
    for stray in found.strays:
        path = f"{HOOKS}/{stray['id']}"
        steps.do(f"Removed hook {stray['id']}, one too many.", partial(procore.delete, path, **company))
    triggers = f"{HOOKS}/{held['id'] if held else 'new'}/triggers"
    for trigger in found.surplus:
        path = f"{triggers}/{trigger['id']}"
        name = f"{trigger['resource_name']} {str(trigger['event_type']).lower()}"
        steps.do(f"Removed the trigger {name}.", partial(procore.delete, path, **company))
    if found.missing:
        asked = [{"resource_name": name, "event_type": event} for name, event in found.missing]
        body = {**company, "api_version": VERSION, "triggers": asked}
        named = ", ".join(dict.fromkeys(name for name, _ in found.missing))
        answer = steps.do(f"Asked to be told of {named}.", lambda: procore.post(f"{triggers}/bulk", body))
        for row_ in (answer or {}).get("failed") or ():
            steps.say(f"Procore did not take the trigger {row_.get('resource_name')} {row_.get('event_type')}.")


def _differs(hook: Record | None, url: str, secret: str) -> bool:
    """Whether Procore holds another address, or another secret as far as it shows it."""
    if hook is None or not secret:
        return True
    return bool(hook["destination_url"] != url or hook["destination_headers"]["Authorization"] != secret[-SHOWN:])


# -- looking -------------------------------------------------------------------------------------------------------


def resources() -> list[str]:
    """What the kinds want to hear of."""
    return list(dict.fromkeys(name for kind in registry.kinds().values() for name in kind.resources))


def wanted(database: Database, connection_id: int) -> list[str]:
    """… and, where Procore's ERP tool stages, its requests."""
    return [*resources(), *([ERP_REQUESTS] if procore_mode.is_erp(database, connection_id) else [])]


def _look(procore: Run, row: ProcoreHook | None, names: Sequence[str]) -> Found:
    found, company = Found(), {"company_id": procore.company_id}
    own = NAMESPACE + row.key if row else ""
    for hook in procore.pages(HOOKS, per_page=PAGE, namespace="*", **company):
        namespace = str(hook.get("namespace") or "")
        if namespace.startswith(NAMESPACE):
            (found.strays if namespace == own else found.others).append(_told(hook))
    if found.strays:
        found.hook = found.strays.pop(0)
        found.triggers = list(procore.pages(f"{HOOKS}/{found.hook['id']}/triggers", per_page=PAGE, **company))
    offered = _offered(procore)
    found.unknown = [name for name in names if offered and name not in offered]
    wanted = [
        (name, event)
        for name in names
        for event in EVENTS
        if not offered or (name in offered and event not in offered[name])
    ]
    held = set()
    for trigger in found.triggers:
        asked = (str(trigger.get("resource_name")), str(trigger.get("event_type")).lower())
        if asked in held or asked not in wanted:
            found.surplus.append(trigger)
        held.add(asked)
    found.missing = [asked for asked in wanted if asked not in held]
    return found


def _told(hook: Record) -> Record:
    """A hook with no more of its secret than Procore's newer versions show."""
    shown = str((hook.get("destination_headers") or {}).get("Authorization") or "")
    return {**hook, "destination_headers": {"Authorization": shown[-SHOWN:]}}


def _offered(procore: Run) -> dict[str, set[str]]:
    """What Procore tells of, with the events it keeps to itself; empty where it gives no names."""
    rows = procore.get("/rest/v1.0/webhooks/resources", company_id=procore.company_id)
    return {
        str(row.get("name") or row.get("resource_name")): {str(event).lower() for event in row.get("except") or ()}
        for row in rows
        if row.get("name") or row.get("resource_name")
    }


def _failures(procore: Run, hook: Record) -> list[Failure]:
    """What could not be delivered: first what was given up, then what is still tried."""
    rows: list[Record] = []
    for status in ("discarded", "failing"):
        asked = {"company_id": procore.company_id, "page_size": PAGE, "filters[status]": status}
        rows += procore.get(f"{HOOKS}/{hook['id']}/deliveries", **asked)
    return [_failure(row) for row in rows]


def _failure(row: Record) -> Failure:
    event = row.get("event") or {}
    named = _words(event.get("resource_name"), event.get("event_type"), event.get("resource_id"))
    status = row.get("response_status")
    why = str(row.get("response_error") or (f"the answer was {status}" if status else "it was never tried"))
    return Failure(str(row.get("started_at") or ""), named, why, row.get("outcome") == "discarded")


def _words(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part)


# -- what is kept here ---------------------------------------------------------------------------------------------


def _row(database: Database, connection_id: int) -> ProcoreHook | None:
    with database.reading() as session:
        return session.get(ProcoreHook, connection_id)


def _keep(database: Database, row: ProcoreHook) -> None:
    """Put the row in the place of the one before, whose count goes on."""
    with database.writing() as session:
        held = session.get(ProcoreHook, row.connection_id) or row
        held.address, held.secret = row.address, row.secret
        held.old_secret, held.old_until = row.old_secret, row.old_until
        session.add(held)


def _base(url: str) -> str:
    """This service's address as Procore reaches it: over https, but for a try on one machine."""
    parts = urlsplit(url.strip())
    is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        raise Refusal(
            f"Procore cannot send webhooks to “{url}”.", "Name an address like https://tieout.example.com, with https."
        )
    if parts.username or parts.query or parts.fragment:
        raise Refusal(
            "The address holds more than a host and a path.", "Name an address like https://tieout.example.com."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
