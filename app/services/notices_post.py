"""How mails leave: through a mail server over SMTP, or into the demo's mailbox."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from app.core.errors import TieoutError
from app.settings import BadSetting, Settings

#: The address of a mail server that keeps everything: the page Mailbox shows it.
MAILBOX = "mailbox:"
TIMEOUT = 20.0
PORTS = {"smtp": 587, "smtps": 465}
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

Carrier = Callable[[], AbstractContextManager[Callable[[EmailMessage], None]]]


class MailServerDown(TieoutError):
    """The mail server cannot be reached, or lets us send nothing; whatever waits is sent later."""


class NotTaken(TieoutError):
    """The mail server did not take one mail."""

    for_good = False


class Refused(NotTaken):
    """The mail server will never take this mail."""

    for_good = True


@dataclass(frozen=True)
class Post:
    """Everything a mail needs besides its words."""

    sender: str
    home: str  # where people open this service
    carrier: Carrier

    @property
    def domain(self) -> str:
        """Of the sender; the ids of mails end with it."""
        return parseaddr(self.sender)[1].rpartition("@")[2]


def post_of(settings: Settings) -> Post | None:
    """How this installation sends mail; None: not at all."""
    if not settings.smtp_url:
        return None
    if settings.smtp_url == MAILBOX:
        return Post(settings.mail_from or "tieout@localhost", settings.public_url, _keep)
    if "@" not in parseaddr(settings.mail_from)[1] or not settings.public_url.startswith(("http://", "https://")):
        raise BadSetting(
            "Mail needs two more settings: TIEOUT_MAIL_FROM, the address mails come from, and TIEOUT_PUBLIC_URL, the "
            "address people open Tieout under, such as https://tieout.example.com."
        )
    return Post(settings.mail_from, settings.public_url.rstrip("/"), _server(settings.smtp_url).open)


@contextmanager
def _keep() -> Iterator[Callable[[EmailMessage], None]]:
    yield lambda message: None


@dataclass(frozen=True)
class Server:
    """A mail server. Without TLS nothing leaves this machine, unless the address says ``?starttls=no``."""

    host: str
    port: int
    tls: bool
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)

    @contextmanager
    def open(self) -> Iterator[Callable[[EmailMessage], None]]:
        """One conversation with it, for any number of mails."""
        server = self._connect()
        try:
            yield lambda message: _send(server, message)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        try:
            if self.tls:
                server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
            try:
                self._sign_in(server, context)
            except BaseException:
                server.close()
                raise
        except (OSError, smtplib.SMTPException) as problem:
            raise MailServerDown(_why(self.host, problem), "Mails wait, and are sent later.") from problem
        return server

    def _sign_in(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        if self.starttls and not self.tls and server.has_extn("starttls"):
            server.starttls(context=context)
        elif self.starttls and not self.tls and self.host not in THIS_MACHINE:
            raise smtplib.SMTPNotSupportedError
        if self.user:
            server.login(self.user, self.password)


def _server(url: str) -> Server:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    starttls = parse_qs(parts.query).get("starttls", ["yes"])[0] != "no"
    if parts.scheme not in PORTS or not parts.hostname or port == -1 or (parts.username and not starttls):
        raise BadSetting(
            "TIEOUT_SMTP_URL is no address of a mail server. Write smtp://user:password@host:587 (STARTTLS) or "
            "smtps://user:password@host:465; smtp://host:25?starttls=no only without a user."
        )
    return Server(
        parts.hostname,
        port or PORTS[parts.scheme],
        parts.scheme == "smtps",
        starttls,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def _send(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPServerDisconnected as problem:
        raise MailServerDown("The mail server ended the conversation.", "Mails wait, and are sent later.") from problem
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as problem:
        raise _refusal(_code(problem)) from problem
    except (smtplib.SMTPNotSupportedError, UnicodeError) as problem:
        raise _refusal(550) from problem
    except (smtplib.SMTPException, OSError) as problem:
        raise MailServerDown("The mail server no longer answers.", "Mails wait, and are sent later.") from problem


def _refusal(code: int) -> NotTaken:
    if code >= 500:
        return Refused(f"The mail server refused it for good ({code}).", "Look at the person's mail address.")
    return NotTaken(f"The mail server did not take it now ({code}).", "It is tried again.")


def _code(problem: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> int:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return next((code for code, _ in problem.recipients.values()), 550)
    return problem.smtp_code


def _why(host: str, problem: Exception) -> str:
    """What keeps us from sending, without a word of the server's own: it could hold a name or a password."""
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return f"The mail server {host} does not know the user or the password."
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return f"The mail server {host} offers no encryption (STARTTLS), or no signing in, so nothing was sent."
    if isinstance(problem, ssl.SSLError):
        return f"The certificate of the mail server {host} is not to be trusted, so nothing was sent."
    return f"The mail server {host} cannot be reached."
