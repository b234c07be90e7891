"""The words of a mail: rendered from its templates, as text and as simple HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.core import text
from app.db.models import Connection, Mail, Notice
from app.services.notices_post import Post, Refused

#: A mail names so many notices; the page Notices has them all.
MOST = 40
#: QuickBooks' home currency follows from its country; both countries Tieout knows have dollars.
CURRENCIES = {"US": "US dollars", "CA": "Canadian dollars"}


@dataclass(frozen=True)
class Words:
    """What a mail says."""

    subject: str
    text: str
    html: str


def currency(connection: Connection) -> str:
    """The company's currency in words."""
    return CURRENCIES.get(str(connection.host.get("country")), "dollars")


def render(template: str, subject: str, notices: Sequence[Notice], home: str, **more: Any) -> Words:
    """A mail of one of the templates; names of records may hold anything, so the subject is one line."""
    subject = text.squeeze(subject)
    said = {"subject": subject, "notices": notices[:MOST], "more": len(notices[MOST:]), "home": home, **more}
    plain, html = (_environment().get_template(f"{template}.{form}.j2").render(said) for form in ("txt", "html"))
    return Words(subject, plain, html)


def message(mail: Mail, name: str, post: Post) -> EmailMessage:
    """A mail as it leaves: the same each time it is sent."""
    found = EmailMessage(policy=SMTP)
    try:
        found["From"] = post.sender
        found["To"] = Address(name, addr_spec=mail.address)
    except (MessageError, ValueError, IndexError) as problem:
        raise Refused(f"{name}'s mail address is none.", "Correct it under Users.") from problem
    found["Subject"] = mail.subject
    found["Date"] = format_datetime(mail.made_at)
    found["Message-ID"] = mail.message_id
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(mail.text)
    found.add_alternative(mail.html, subtype="html")
    return found


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("notices_mails")),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
