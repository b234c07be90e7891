"""The settings of a connection: what each is called, may be, and who may change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core import text
from app.core.errors import Pointer, Refusal
from app.items import registry
from app.services import direct_export
from app.services.freshness import CADENCES

YES_NO, CHOICE, TEXT, WHOLE, DAY, HOUR, ZONE, ACCOUNT, ITEM = (
    "yes_no",
    "choice",
    "text",
    "whole number",
    "day",
    "time of day",
    "zone",
    "account",
    "item",
)
#: Forms whose value is the ListID of a record QuickBooks has shown, and the list it is in.
PICKED = {ACCOUNT: "accounts", ITEM: "items"}

Value = str | int | bool | None


@dataclass(frozen=True)
class Setting:
    """One setting; an empty value means that nobody chose."""

    name: str
    group: str
    label: str
    form: str
    default: Value
    help: str
    right: str = "connection"  # the act of the permissions that changing it is
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 1
    most: int = 80
    types: tuple[str, ...] = ()  # the types of account it may be, or that its item may post to
    needs: tuple[str, ...] = ()  # other settings that must be made before it can be turned on
    at_rest: bool = False  # whether it cannot be changed while items are in work
    until: str = ""  # a kind: while QuickBooks holds items of it, the choice cannot be changed


BOOKS, PAYMENTS, APPROVAL, DIRECT = "QuickBooks", "Invoices and payments", "Approval", "Direct Export"
WEB_CONNECTOR = "Web Connector"
INCOME = ("Income", "OtherIncome")
EXPENSE = ("CostOfGoodsSold", "Expense", "OtherExpense", "OtherCurrentAsset")

ALL = (
    Setting("zone", BOOKS, "Time zone", ZONE, "America/Chicago",
            "The company's time zone (IANA name): the day a commitment was created is a day there."),
    Setting("customers_are_jobs", BOOKS, "Customers are jobs", YES_NO, True,
            "On: a project becomes a customer. Off: a job under a customer the approver picks. Choose it once: with a "
            "project in QuickBooks it cannot be changed, and before that only with a reason.", until="project"),
    Setting("income_account", BOOKS, "Income account", ACCOUNT, None,
            "The income account offered for cost codes, chosen from QuickBooks' list.", types=INCOME),
    Setting("expense_account", BOOKS, "Expense account", ACCOUNT, None,
            "The expense account offered for cost codes, chosen from QuickBooks' list.", types=EXPENSE),
    Setting("cost_code_list_id", BOOKS, "Cost code list", WHOLE, None,
            "Procore's id of the list QuickBooks Standard Cost Codes.", most=10**15),
    Setting("vendor_auto_update", BOOKS, "Vendor auto-update", YES_NO, False,
            "On: a change of a vendor's name, address, phone or fax in QuickBooks updates the company in Procore at "
            "the next refresh. A change of the name asks first."),
    Setting("books_closed_through", BOOKS, "Books closed through", DAY, None,
            "No bill or payment is dated on or before this day, or QuickBooks' own closing date if that is later."),
    Setting("default_tax_code", BOOKS, "Default tax code", TEXT, None,
            "Canada: the sales tax code of a line for which neither Procore nor the vendor has one.", most=3),
    Setting("retainage_item", PAYMENTS, "Retainage item", ITEM, None,
            "The item a bill's retainage line is written with, chosen from QuickBooks' list. Its account must be an "
            "Other Current Liability.", types=("OtherCurrentLiability",)),
    Setting("payments_cadence", PAYMENTS, "Payments are read", CHOICE, None,
            "How often payments of synced invoices are read from QuickBooks; until chosen, never by itself.",
            right="schedule", choices=tuple((name, name) for name in CADENCES)),
    Setting("payment_date", PAYMENTS, "Date of a payment", CHOICE, "payment",
            "The date Procore is told for a payment.",
            choices=(("payment", "The day it was paid"), ("due", "The due date of the bill"))),
    Setting("invoice_export", PAYMENTS, "Export subcontractor invoices", YES_NO, False,
            "Off until it is set up: it needs the retainage item and how often payments are read.",
            needs=("retainage_item", "payments_cadence")),
    Setting("procore_pay", PAYMENTS, "Procore Pay", YES_NO, False,
            "On only where the company licenses Procore Pay: then payments made with it may be exported, once that is "
            "turned on as well."),
    Setting("procore_pay_account", PAYMENTS, "Bank account of Procore Pay", ACCOUNT, None,
            "The bank account from which payments made with Procore Pay are written, chosen from QuickBooks' list.",
            types=("Bank",)),
    Setting("procore_pay_export", PAYMENTS, "Export Procore Pay payments", YES_NO, False,
            "On: payments made with Procore Pay are written to QuickBooks as payments of their bills (US editions). It "
            "needs the licence and the bank account.", needs=("procore_pay_account",)),
    Setting("procore_mode", APPROVAL, "Way into Procore", CHOICE, "public",
            "Where items are sent and accepted: on Tieout's pages, or in Procore's ERP Integrations tool, whose ERP "
            "platform is open to selected partners only. It cannot be changed while items are in work.", at_rest=True,
            choices=(("public", "Public API: people send and accept in Tieout"),
                     ("erp_platform", "ERP platform: people send and accept in Procore's ERP Integrations tool"))),
    Setting("permission_profile", APPROVAL, "Who may accept", CHOICE, "tutorial",
            "The profile of the permissions. Changing it names who gains and who loses Accept.", right="users",
            choices=(("tutorial", "Standard or Admin with Can Push to Accounting"),
                     ("matrix", "Only Admin with Can Push to Accounting"))),
    Setting("second_look_days", APPROVAL, "Second look after days", WHOLE, 30,
            "An item accepted longer ago than this, and not written yet, goes back for a second look.", most=365),
    Setting("procore_rights_hours", APPROVAL, "Procore's last word on rights counts (hours)", WHOLE, 24,
            "While Procore cannot be reached, an approver whom it last let push to accounting longer ago than this may "
            "accept nothing.", right="users", most=720),
    Setting("rules_second_person", APPROVAL, "Rules need a second person", YES_NO, True,
            "On: whoever wrote a change of the rules cannot be the only one to approve it; another person with the "
            "right “Rule activation” activates it, or approves it first.", right="users"),
    *(Setting(name, DIRECT, kind.plural, YES_NO, False,
              f"On: {kind.plural.lower()} that are sent need no approver, unless a rule warns.", right="direct_export")
      for kind, name in ((registry.kind(kind), name) for kind, name in direct_export.SETTINGS.items())),
    Setting("every_minutes", WEB_CONNECTOR, "Comes every (minutes)", WHOLE, 5,
            "How often the Web Connector is planned to come; written into the .qwc file. Silent for twice as long, it "
            "is reported on every page.", most=1440),
    Setting("digest_hour", APPROVAL, "Daily mail at", HOUR, "07:00",
            "From this time of day, in the company's time zone, each approver for whom something waits gets one mail."),
    Setting("quiet_from", WEB_CONNECTOR, "Quiet hours from", HOUR, None,
            "From this time of day (such as 18:30) to the one below, no new work is handed out."),
    Setting("quiet_until", WEB_CONNECTOR, "Quiet hours until", HOUR, None,
            "The end of the quiet hours; it may be on the next morning. With only one of the two there are none."),
    Setting("password_overlap_days", WEB_CONNECTOR, "Old password works for (days)", WHOLE, 7,
            "After a new Web Connector password was made, the old one works until the new one was used once, and no "
            "longer than this.", most=30),
)  # fmt: skip

BY_NAME = {one.name: one for one in ALL}


def defaults() -> dict[str, Value]:
    """What a new connection starts with."""
    return {one.name: one.default for one in ALL}


def find(name: str) -> Setting:
    """One setting by name; an unknown one is refused."""
    if name not in BY_NAME:
        raise Refusal(f"There is no setting {name}.", f"Settings are {', '.join(BY_NAME)}.", code="no_such_setting")
    return BY_NAME[name]


def groups() -> dict[str, list[Setting]]:
    """All settings by group, in their order."""
    found: dict[str, list[Setting]] = {}
    for one in ALL:
        found.setdefault(one.group, []).append(one)
    return found


# -- reading what somebody gives -----------------------------------------------------------------------------------


def read(setting: Setting, given: object) -> Value:
    """The value somebody gave, as it is kept; what makes no sense is refused in words."""
    if given is None or (isinstance(given, str) and not given.strip()):
        if setting.default is not None:
            raise _bad(setting, "it cannot be empty")
        return None
    return _READERS.get(setting.form, _text)(setting, given.strip() if isinstance(given, str) else given)


def _yes_no(setting: Setting, given: object) -> Value:
    words = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
    found = given if isinstance(given, bool) else words.get(str(given).lower())
    if found is None:
        raise _bad(setting, "it is on or off")
    return found


def _choice(setting: Setting, given: object) -> Value:
    for value, label in setting.choices:
        if str(given).casefold() in {value.casefold(), label.casefold()}:
            return value
    raise _bad(setting, f"it is one of: {', '.join(value for value, _ in setting.choices)}")


def _whole(setting: Setting, given: object) -> Value:
    plain = str(given)
    number = int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 18 else 0
    if isinstance(given, bool) or not setting.least <= number <= setting.most:
        raise _bad(setting, f"it is a whole number from {setting.least} to {setting.most}")
    return number


def _day(setting: Setting, given: object) -> Value:
    try:
        return date.fromisoformat(str(given)).isoformat()
    except ValueError:
        raise _bad(setting, "it is a day such as 2026-03-31") from None


def _hour(setting: Setting, given: object) -> Value:
    try:
        return f"{time.fromisoformat(str(given)):%H:%M}"
    except ValueError:
        raise _bad(setting, "it is a time of day such as 18:30") from None


def _zone(setting: Setting, given: object) -> Value:
    try:
        return ZoneInfo(str(given)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _bad(setting, "it is a time zone such as America/Chicago") from None


def _text(setting: Setting, given: object) -> Value:
    plain = text.squeeze(str(given))
    if len(plain) > setting.most:
        raise _bad(setting, f"it has at most {setting.most} characters")
    return plain


_READERS: Mapping[str, Callable[[Setting, object], Value]] = {
    YES_NO: _yes_no,
    CHOICE: _choice,
    WHOLE: _whole,
    DAY: _day,
    HOUR: _hour,
    ZONE: _zone,
}


def _bad(setting: Setting, why: str) -> Refusal:
    return Refusal(
        f"“{setting.label}” was not changed: {why}.",
        setting.help,
        code="bad_setting",
        rule_id=f"setting:{setting.name}",
        links=[to(setting.name)],
    )


def to(name: str) -> Pointer:
    """Where a setting is changed."""
    return Pointer(find(name).label, "setting", name)


# -- what a value must fit -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """A record QuickBooks has shown, as a setting may choose it."""

    list_id: str
    name: str
    type: str  # of an account: its own; of an item: of the account it posts to; empty when not known


def must_be_free(setting: Setting, held: int, reason: str, *, chosen: bool) -> None:
    """Refuse to change a choice that was made for good: never while items stand on it, else only with a reason."""
    if held:
        raise _bad(setting, f"QuickBooks holds {held} item{'s' if held > 1 else ''} made under it, so it stays")
    if chosen and not reason:
        raise _bad(setting, "it was chosen once; say why it changes")


def must_fit(setting: Setting, value: Value, offered: Iterable[Offered], values: Mapping[str, Any]) -> None:
    """Refuse a record QuickBooks does not have or of another type, and a switch whose needs are not met."""
    if setting.form in PICKED and value is not None:
        found = next((one for one in offered if one.list_id == value), None)
        if found is None:
            raise _bad(setting, "QuickBooks has shown no active record of this ListID")
        if setting.types and found.type and found.type not in setting.types:
            raise _bad(setting, f"{found.name} is of the type {found.type}, and needed is {' or '.join(setting.types)}")
    if value is True and (missing := [name for name in setting.needs if values.get(name) is None]):
        names = " and ".join(f"“{BY_NAME[name].label}”" for name in missing)
        raise _bad(setting, f"first choose {names}")
