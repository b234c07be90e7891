"""Which buttons stand beside an item where it rests: said once for its row, its page and the bar above a list."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Button:
    """One thing a person may do with one item."""

    name: str  # the act, and the right it needs
    label: str
    first: bool = False  # what is mostly done
    asks_reason: str = ""  # in which words; empty where none is asked
    on_page: str = ""  # what it is called on the item's own page, where there is more room
    only_on_page: bool = False


SEND = Button("send", "Send", first=True, on_page="Send to accounting")
ACCEPT = Button("accept", "Accept", first=True)
REJECT = Button("reject", "Reject", asks_reason="What should the project team change?")
RETRIEVE = Button("retrieve", "Retrieve to Procore", only_on_page=True)
TAKE_BACK = Button("take_back", "Take back", asks_reason="Why?")
RETRY = Button("retry", "Retry", first=True)

#: By where an item rests. While QuickBooks is being asked about it nobody does anything.
BUTTONS = {
    "draft": (SEND,),
    "sent": (ACCEPT, REJECT, RETRIEVE),
    "accepted": (TAKE_BACK,),
    "queued": (TAKE_BACK,),
    "failed": (RETRY, REJECT),
}


def on_rows(tab: str, *, amends: bool = False) -> tuple[Button, ...]:
    """The buttons of a row on this tab; ``amends``: a later change of it may be sent."""
    return tuple(one for one in _of(tab, amends) if not one.only_on_page)


def on_page(state: str, *, amends: bool = False, closed: bool = False) -> tuple[Button, ...]:
    """The buttons of an item's own page; ``closed``: another day is to be chosen first, as its books are closed."""
    return tuple(
        replace(one, label=one.on_page or one.label, first=one.first and not (closed and one is RETRY))
        for one in _of(state, amends)
    )


def _of(place: str, amends: bool) -> tuple[Button, ...]:
    return BUTTONS["draft"] if amends else BUTTONS.get(place, ())
