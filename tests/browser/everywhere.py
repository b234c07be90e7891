"""Every page there is, from the map of addresses itself: a page added and not visited fails the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, Page
from sqlalchemy import select
from waitress.server import create_server
from werkzeug.routing import Rule

from app import settings as configuration
from app.cli import demo
from app.core import ids
from app.db.models import Conversation, Item, MessageSet
from app.factory import build, create_app
from app.items import registry
from app.rulebook import overlay
from app.services import connections, people, report_list, rules_drafts, rules_versions, setup, user_admin
from tests import ruling

#: Endpoints that answer no page: files, fragments of pages, and what machines ask for.
NOT_PAGES = re.compile(
    r"access\.static|.*\.as_csv|.*\.export|.*\.qwc|.*\.fragment|home\.health|setup\.progress|"
    r"hooks\..*|web_connector\..*|api\.(?!docs).*|sign_in\.procore.*|.*\.support_bundle|job_costs\.details"
)
#: One of each state, and whatever else a page may look like.
STATES = ("draft", "sent", "accepted", "queued", "failed", "synced")
ASKED = {
    "items.page": [f"tab={tab}" for tab in ("accepted", "queued", "checking", "failed", "synced", "draft")],
    "exceptions.page": ["tab=cleared"],
    "offers.page": ["tab=linked", "tab=archived"],
    "trail.page": ["tag=item:state:moved"],
    "rules.page": ["q=vendor", "before=1"],
    "rules.edit": ["file=commitment.yaml", "file=tests/commitment.yaml"],
}


@dataclass(frozen=True)
class Site:
    """A service with people, to be looked at."""

    url: str
    login: str
    password: str
    services: object
    connection_id: int
    has_mailbox: bool = False

    @property
    def missing(self) -> set[str]:
        """Addresses at which a page says that there is nothing: only the demo has a mailbox."""
        return {"/nowhere"} if self.has_mailbox else {"/nowhere", "/notices/mailbox"}

    def paths(self) -> list[str]:
        """Every page's address, with every argument it takes."""
        app = create_app(services=self.services)  # type: ignore[arg-type]
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        found, samples = ["/nowhere"], self._samples()
        for rule in sorted(rules, key=lambda rule: rule.rule):
            if not NOT_PAGES.fullmatch(rule.endpoint):
                found += _of(rule, samples)
        return found

    def _samples(self) -> dict[str, list[str]]:
        database = self.services.database  # type: ignore[attr-defined]
        with database.reading() as session:
            of_kind = [{"kind": kind} for kind in registry.kinds()]
            items = {
                f"/items/{found.kind}/{found.id}": None
                for where in (*of_kind, *({"state": state} for state in STATES))
                for found in session.execute(
                    select(Item).filter_by(**where).order_by(Item.id.desc()).limit(1)
                ).scalars()
            }
            sets = [f"/connection/sets/{one}" for one in session.execute(select(MessageSet.id).limit(1)).scalars()]
            talks = session.execute(select(Conversation.id).order_by(Conversation.id.desc()).limit(1)).scalars()
            sessions = [f"/connection/sessions/{one}" for one in talks]
            written = select(Item.procore_id).filter_by(kind="project", state="synced").limit(1)
            costs = [f"/job-costs/{one}" for one in session.execute(written).scalars()]
        return {
            "items.page": [f"/items/{kind}" for kind in registry.kinds()],
            "items.one": list(items),
            "items.together": ["/items/commitment/together"],
            "offers.page": [f"/to-import/{kind}" for kind in registry.offered()],
            "reports.page": [f"/reports/{name}" for name in report_list.EVERY],
            "job_costs.one": costs,
            "people.one": [f"/people/{self.login}"],
            "sign_in.password": [f"/password/{self._invited()}"],
            "connection.message_set": sets,
            "connection.session": sessions,
            "catalogue.one": ["/errors/3171"],
            "help.topic": ["/help/items"],
            "setup.page": [f"/setup/{step.name}" for step in setup.STEPS],
            "rules.version": ["/rules/versions/1"],
            "rules.preview_version": ["/rules/versions/1/preview"],
            "rules.draft": [f"/rules/drafts/{self._proposed()}"],
            "rules.preview": [f"/rules/drafts/{self._proposed()}/preview"],
        }

    def _proposed(self) -> int:
        """A draft of the rules that blocks what it can, and has no examples yet."""
        database, chosen = self.services.database, self.connection_id  # type: ignore[attr-defined]
        who = people.person(database, chosen, login=self.login)
        assert who is not None
        own = {ruling.OWN: ruling.limit_rule("20000.00")}
        files = overlay.laid_over(rules_drafts.files(database, chosen), own)
        return rules_drafts.keep(database, chosen, who, files, "Board decision of 3 March")

    def _invited(self) -> str:
        """The secret of a link that somebody new sets a password with."""
        database, chosen = self.services.database, self.connection_id  # type: ignore[attr-defined]
        who = people.person(database, chosen, login=self.login)
        assert who is not None
        login = ids.short()
        return user_admin.add(database, chosen, who, login, f"Nell {login}", "", "approver")

    def signed_in(self, browser: Browser, width: int = 1280) -> Page:
        """A window of somebody who may see everything."""
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="light")
        page = context.new_page()
        page.goto(f"{self.url}/log-in")
        page.get_by_label("Name").fill(self.login)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}/")
        return page


def _of(rule: Rule, samples: dict[str, list[str]]) -> list[str]:
    if not rule.arguments:
        return [rule.rule, *(f"{rule.rule}?{query}" for query in ASKED.get(rule.endpoint, ()))]
    assert rule.endpoint in samples, f"{rule.endpoint} ({rule.rule}) is a page no test visits: say with what"
    paths = samples[rule.endpoint]
    return [*paths, *(f"{path}?{query}" for path in paths[:1] for query in ASKED.get(rule.endpoint, ()))]


def of_demo(running: demo.Demo, login: str = "ike") -> Site:
    """The demo, as its specialist sees it: an administrator who sees every report."""
    password = next(who["password"] for who in running.account["logins"] if who["user"] == login)
    return Site(running.url, login, password, running.services, running.connection_id, has_mailbox=True)


@contextmanager
def nothing_yet(folder: Path) -> Iterator[Site]:
    """A service on its first day: people, and nothing else."""
    services = build(configuration.load({"TIEOUT_SECRET_KEY": "not a secret"}, data_dir=folder))
    database = services.database
    rules = rules_versions.store(database, services.settings.rules_dir, "tests")
    added = connections.add(database, "Cedar Ridge", "5021", rules_version=rules, actor="tests")
    people.add_user(database, "ike", "Ike", "open sesame", actor="tests")
    people.give_role(database, "ike", added.id, "specialist", actor="tests")
    server = create_server(create_app(services=services), host="127.0.0.1", port=0, threads=4)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", "ike", "open sesame", services, added.id)
    server.close()
