"""A token that works, for everybody who calls: one renewal at a time, whatever number of processes need it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.core import clock
from app.procore.errors import ConnectAgain, NoAnswer, ProcoreError
from app.procore.log_in import LogIn
from app.procore.tokens import Kept, Tokens, TokenStore

Wait = Callable[[float], object]

#: While another renews, look again so often and so long.
_LOOK_EVERY = 0.25
_LOOKS = 40
#: A renewal whose answer was lost: either Procore never had it, and the same token works still, or it is dead and
#: Procore says so when asked again. Asked again later each time, and not for ever.
_ASK_AGAIN = timedelta(seconds=30)
_UNCLEAR_AT_MOST = 5

_LOST = "Procore's answer was lost each time Tieout tried to renew its sign-in."


class SignIn:
    """Hands out the connection's access token and renews it before it expires."""

    def __init__(self, log_in: LogIn, store: TokenStore, wait: Wait) -> None:
        self._log_in = log_in
        self._store = store
        self._wait = wait
        self._refused = ""

    def token(self) -> str:
        """A token that should work now."""
        for _ in range(_LOOKS):
            kept = self._store.kept()
            if kept.lapsed:
                raise ConnectAgain(kept.lapsed)
            if kept.tokens and kept.tokens.last and kept.tokens.access != self._refused:
                return kept.tokens.access
            if kept.retry_at and clock.now() < kept.retry_at:
                raise _unclear(kept.retry_at)
            if self._store.take(kept.number):
                return self._renewed(kept).access
            self._wait(_LOOK_EVERY)
        raise ProcoreError(0, "Another part of Tieout has been renewing the sign-in with Procore for too long.")

    def refused(self, token: str) -> None:
        """Procore no longer takes this token: do not hand it out again."""
        self._refused = token

    def _renewed(self, kept: Kept) -> Tokens:
        try:
            fresh = self._asked(kept)
        except ConnectAgain as problem:
            self._store.give_back(kept.number, lapsed=problem.sentence)
            raise
        except ProcoreError as problem:
            if not (kept.tokens and kept.tokens.refresh and _may_have_renewed(problem)):
                self._store.give_back(kept.number)
                raise
            if kept.unclear + 1 >= _UNCLEAR_AT_MOST:
                self._store.give_back(kept.number, lapsed=_LOST)
                raise ConnectAgain(_LOST) from None
            retry_at = clock.now() + _ASK_AGAIN * 2**kept.unclear
            self._store.give_back(kept.number, retry_at=retry_at)
            raise _unclear(retry_at) from None
        except BaseException:
            self._store.give_back(kept.number)
            raise
        self._store.keep(kept.number, fresh)
        return fresh

    def _asked(self, kept: Kept) -> Tokens:
        if kept.tokens and kept.tokens.refresh:
            return self._log_in.refresh(kept.tokens.refresh)
        return self._log_in.client_credentials()


def _may_have_renewed(problem: ProcoreError) -> bool:
    """Whether Procore may have made the next tokens although we do not hold them."""
    return problem.arrived if isinstance(problem, NoAnswer) else problem.procore_status >= 500 or _is_garbled(problem)


def _is_garbled(problem: ProcoreError) -> bool:
    return 200 <= problem.procore_status < 300


def _unclear(retry_at: datetime) -> ProcoreError:
    sentence = "Procore's answer was lost when Tieout renewed its sign-in; it may have to be connected again."
    what_to_do = f"Nothing to do yet: Tieout asks again at {retry_at:%H:%M:%S} UTC and then knows."
    return ProcoreError(0, sentence, retry_at=int(retry_at.timestamp()) + 1, what_to_do=what_to_do)
