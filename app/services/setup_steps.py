"""The steps of the first day: the words of each, what its form is told, and whether it is done.

A step knows by itself whether it is done, from what is so; so set-up can be left, resumed and gone back in.
Source: "QuickBooks Desktop: set-up".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Refusal
from app.db.models import Connection, Conversation, Item
from app.services import readiness

#: What QuickBooks may be, and where it and the Web Connector may run.
PRODUCTS = {"desktop": "QuickBooks Desktop for Windows", "mac": "QuickBooks for Mac", "online": "QuickBooks Online"}
COUNTRIES = {"US": "United States", "CA": "Canada", "other": "Another country"}
MACHINES = {"workstation": "A workstation with QuickBooks Desktop", "server": "A server with QuickBooks Desktop"}
#: A test job that is approved, and waits for Go live or is written.
APPROVED = ("accepted", "queued", "synced")
#: A cut-off date beyond is a slip of the keyboard that would keep every project out for good.
LATEST_CUT_OFF = timedelta(days=366)

Answers = Mapping[str, Any]
Form = Mapping[str, str]


@dataclass(frozen=True)
class ListRead:
    """One list of the first session."""

    label: str
    read_at: datetime | None
    under_way: bool
    records: int


@dataclass(frozen=True)
class Facts:
    """All that the steps look at."""

    connection: Connection
    answers: Answers
    lists: tuple[ListRead, ...]
    session: Conversation | None  # the last one
    checks: tuple[readiness.Check, ...]
    jobs: tuple[Item, ...]  # projects that may be, or are, the test
    vendors: Mapping[str, int]  # how many rest in which state

    @property
    def unknown_checks(self) -> list[readiness.Check]:
        """What does not fit and nobody said yet that they know."""
        known = self.answers.get("known") or ()
        return [one for one in self.checks if not one.fits and (one.blocks or one.name not in known)]

    @property
    def tests(self) -> list[Item]:
        """The projects that were approved."""
        return [one for one in self.jobs if one.state in APPROVED]


@dataclass(frozen=True)
class Step:
    """One step: its words, whether it is done, and what its form is told."""

    name: str
    title: str
    why: str
    done: Callable[[Facts], bool]
    take: Callable[[Form, Answers], dict[str, Any]] = lambda _, __: {}
    settings: tuple[str, ...] = ()  # settings it asks for as well
    skipped: Callable[[Facts], str] = lambda _: ""  # why there is nothing to do


def usable(answers: Answers) -> bool:
    """Whether this country and edition can be used at all."""
    return answers.get("country") in {"US", "CA"} and answers.get("product") == "desktop"


# -- what each form is told ----------------------------------------------------------------------------------------


def _one_of(form: Form, name: str, offered: Mapping[str, str], what: str) -> str:
    chosen = form.get(name, "")
    if chosen not in offered:
        raise Refusal(f"{what} was not chosen.", f"Choose one of: {', '.join(offered.values())}.", code="not_chosen")
    return chosen


def _ticked(form: Form, names: Mapping[str, str]) -> dict[str, Any]:
    if missing := [label for name, label in names.items() if form.get(name) != "yes"]:
        raise Refusal(f"Not confirmed: {'; '.join(missing)}.", "Tick it once it is so.", code="not_confirmed")
    return dict.fromkeys(names, True)


def _edition(form: Form, _: Answers) -> dict[str, Any]:
    return {
        "country": _one_of(form, "country", COUNTRIES, "The country"),
        "product": _one_of(form, "product", PRODUCTS, "The edition"),
    }


def _machine(form: Form, _: Answers) -> dict[str, Any]:
    return {"machine": _one_of(form, "machine", MACHINES, "The machine")}


def _known(form: Form, _: Answers) -> dict[str, Any]:
    return {"known": sorted(name.removeprefix("known:") for name in form if name.startswith("known:"))}


def _cut_off(form: Form, answers: Answers) -> dict[str, Any]:
    given, chosen = form.get("cut_off", "").strip(), answers.get("cut_off")
    try:
        day = date.fromisoformat(given).isoformat()
    except ValueError:
        raise Refusal("The cut-off date is missing.", "Give a day such as 2026-03-31.", code="not_chosen") from None
    if chosen and chosen != day:
        raise chosen_once(chosen)
    if not date(1990, 1, 1) <= date.fromisoformat(day) <= clock.now().date() + LATEST_CUT_OFF:
        raise Refusal(
            f"The cut-off date {day} is no day to begin on, and it is chosen once.",
            "Give one after 1990 and at most a year from now, such as 2026-03-31.",
            code="not_chosen",
        )
    return {"cut_off": day, "projects": True}


def chosen_once(day: str) -> Conflict:
    """The refusal to move the cut-off date."""
    return Conflict(
        f"The cut-off date was chosen once: {day}. It does not move, whoever connects again.",
        "A project from before it can be entered in QuickBooks by hand.",
        code="cut_off_chosen",
    )


#: What is ticked, and how it is called where it is missing.
INSTALLED = {"installed": "the Web Connector is downloaded and installed"}
OWN_USER = {"own_user": "Tieout has a QuickBooks user of its own, with Admin rights"}
AUTHORISED = {"admin": "logged in to QuickBooks as Admin", "single_user": "the company file is in Single User mode"}
MATCHED = {"matched": "the vendors are matched"}
BACKED_UP = {"backup": "a backup of the company file was made"}


def _confirms(names: Mapping[str, str]) -> Callable[[Form, Answers], dict[str, Any]]:
    return lambda form, _: _ticked(form, names)


def _confirmed(*names: str) -> Callable[[Facts], bool]:
    return lambda facts: all(facts.answers.get(name) for name in names)


def _retainage(form: Form, _: Answers) -> dict[str, Any]:
    return {"accounts": True, "no_retainage": form.get("no_retainage") == "yes"}


def _accounts_done(facts: Facts) -> bool:
    chosen = facts.connection.settings
    retainage = chosen.get("retainage_item") or facts.answers.get("no_retainage")
    return bool(chosen.get("income_account") and chosen.get("expense_account") and retainage)


STEPS = (
    Step("edition", "Country and edition", "Decides what can be written, and whether the Web Connector must be "
         "downloaded.", lambda facts: usable(facts.answers), _edition),
    Step("machine", "The machine", "The Web Connector runs where QuickBooks Desktop is installed.",
         _confirmed("machine"), _machine),
    Step("install", "Install the Web Connector", "It is the program that carries requests to QuickBooks.",
         lambda facts: facts.answers.get("country") == "US" or bool(facts.answers.get("installed")),
         _confirms(INSTALLED),
         skipped=lambda facts: "United States editions bring the Web Connector with QuickBooks: nothing to install."
         if facts.answers.get("country") == "US" else ""),
    Step("user", "A user for Tieout", "The Web Connector works as a QuickBooks user with Admin rights. One of its own "
         "keeps people from being logged out by it.", _confirmed("own_user"), _confirms(OWN_USER)),
    Step("file", "The .qwc file and its password", "The file tells the Web Connector where Tieout is. The password is "
         "not in it.", _confirmed("password", "file")),
    Step("authorise", "Let Tieout in", "QuickBooks asks once whether Tieout may read and modify the company file, and "
         "only Admin in Single User mode can answer.", _confirmed("admin", "single_user"), _confirms(AUTHORISED)),
    Step("first-session", "The first session", "It only reads. Nothing is written before Go live.",
         lambda facts: bool(facts.lists) and all(one.read_at for one in facts.lists)
         and "preferences" in facts.connection.host),
    Step("readiness", "Is the company file ready", "What the first session learnt of QuickBooks' preferences.",
         lambda facts: bool(facts.checks) and not facts.unknown_checks, _known),
    Step("projects", "Projects", "Which projects sync, and what they become in QuickBooks.",
         _confirmed("cut_off", "projects"), _cut_off, ("zone", "customers_are_jobs")),
    Step("accounts", "Cost codes, accounts and retainage", "Where new cost codes post to, and what retainage is "
         "written with.", _accounts_done, _retainage,
         ("income_account", "expense_account", "cost_code_list_id", "retainage_item")),
    Step("match", "Match vendors", "A vendor that is in both systems is linked, so that it is not made twice.",
         _confirmed("matched"), _confirms(MATCHED)),
    Step("test-job", "One test job", "The first thing that will be written after Go live: one project, looked at "
         "before.", lambda facts: bool(facts.tests)),
    Step("backup", "Make a backup", "Of the company file, in QuickBooks, before anything is written to it.",
         _confirmed("backup"), _confirms(BACKED_UP)),
    Step("go-live", "Go live", "From then on what was approved is written to QuickBooks.",
         lambda facts: facts.connection.live),
)  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}
