"""How long somebody stays signed in: so long without doing anything, and so long at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.core import clock

#: Whatever somebody does, after so long they prove again who they are.
LONGEST = timedelta(days=7)
#: What somebody does is noted this often; each note is a cookie sent anew.
NOTED_EVERY = timedelta(minutes=5)
BEGAN, SEEN = "began", "seen"


def begin() -> None:
    """Somebody proved who they are."""
    session[BEGAN] = session[SEEN] = int(clock.now().timestamp())


def over(idle: timedelta) -> str:
    """After what the session of whoever asks is over, in words; empty while it goes on, and what they do is noted."""
    now, began, seen = clock.now(), _moment(BEGAN), _moment(SEEN)
    if now - began >= LONGEST:
        return f"{LONGEST.days} days"
    if now - seen >= idle:
        hours = int(idle.total_seconds()) // 3600
        return f"{hours} hour{'s' if hours != 1 else ''} without use"
    if not by_itself() and now - seen >= NOTED_EVERY:
        session[SEEN] = int(now.timestamp())
    return ""


def by_itself() -> bool:
    """Whether a page looks for news: that is nobody's doing."""
    return "HX-Request" in request.headers


def _moment(name: str) -> datetime:
    return datetime.fromtimestamp(int(session.get(name, 0)), UTC)


def page_of_return() -> str:
    """The page to come back to: the one asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return ""
    try:
        current_app.url_map.bind(request.host).match(came.path, "GET")
    except RequestRedirect:
        pass
    except HTTPException:
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path
