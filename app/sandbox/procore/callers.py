"""Who is calling: the user a bearer token stands for, and the app that carries it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

SERVICE_ACCOUNT = 7_399


@dataclass(frozen=True)
class Caller:
    """``application_id`` is the client id of the app; nobody at a screen of Procore's has one."""

    user_id: int
    application_id: str
    grant: str

    @property
    def is_service_account(self) -> bool:
        """Whether the token was given for an app's own id and secret."""
        return self.grant == "client_credentials"


#: The caller of the request being answered; None for what people do in Procore's own screens.
calling: ContextVar[Caller | None] = ContextVar("calling", default=None)
