"""A real mail server on this machine, and people who can be written to."""

from __future__ import annotations

import socket
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import update

from app.db.models import User
from app.services.notices_post import Post, post_of
from app.settings import load
from tests.support import Stage

HOME = "https://tieout.example"
SENDER = "Tieout <tieout@example.com>"


class Inbox:
    """Takes every mail; ``answer`` says otherwise."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer: Callable[[], str] = lambda: "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        said = self.answer()
        if said.startswith("250"):
            found = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(found, EmailMessage)
            self.mails.append(found)
        return said

    @property
    def texts(self) -> list[str]:
        """The plain text of every mail taken."""
        return [text_of(mail) for mail in self.mails]


def text_of(mail: EmailMessage) -> str:
    """What a mail says to who reads plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class MailServer:
    """An SMTP server, and how this installation reaches it."""

    def __init__(self, **options: Any) -> None:
        self.inbox = Inbox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def close(self) -> None:
        """Stop it; once is enough."""
        if self._controller.server is not None:
            self._controller.stop()
            self._controller.server = None


def post(stage: Stage, url: str) -> Post:
    """The post of an installation with this mail server."""
    given = {"TIEOUT_SMTP_URL": url, "TIEOUT_MAIL_FROM": SENDER, "TIEOUT_PUBLIC_URL": HOME}
    found = post_of(load(given, data_dir=stage.folder))
    assert found is not None
    return found


def with_addresses(stage: Stage, *logins: str) -> None:
    """These people can be written to."""
    with stage.database.writing() as session:
        for login in logins:
            session.execute(update(User).where(User.login == login).values(mail=f"{login}@example.com"))
