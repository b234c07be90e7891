"""Whoever has no right for an act is refused in words, and the attempt is on the trail: every button there is."""

from __future__ import annotations

import re

from app.core.tags import Tag
from tests.admin.conftest import Visit, app_of
from tests.paying import Site

#: What asks for no right, and why.
FREE = {
    "access.signing_in": "nobody is signed in yet",
    "access.log_out": "everybody may leave",
    "access.switch": "only one's own connections can be chosen",
    "access.theme": "how one's own pages look",
    "notices.choose": "one's own notices",
    "notices.read": "one's own notices",
    "people.everywhere": "one's own sessions",
    "people.own_password": "one's own password",
    "preferences.keep_columns": "one's own lists",
    "preferences.keep_keys": "one's own keyboard",
    "sign_in.set_password": "the link is the right",
    "tokens.make": "one's own tokens",
    "tokens.revoke": "one's own tokens",
    "trail.package": "the trail is what an auditor is here for",
    "trail.verify": "the trail is what an auditor is here for",
    "what_syncs.attempt": "it says why something is never synced, and is noted as an attempt",
}
#: These have tests of their own: they are for machines, with a password, a token or a shared secret.
MACHINES = re.compile(r"api\..*|hooks\..*|web_connector\..*")


def test_every_button_pressed_without_the_right_is_refused_in_words_and_noted(site: Site, visit_site: Visit) -> None:
    aud, app = visit_site("aud"), app_of(site.stage)
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    wrong = []
    for rule in sorted(rules, key=lambda rule: rule.endpoint):
        if rule.endpoint in FREE or MACHINES.fullmatch(rule.endpoint):
            continue
        before = len(site.stage.events(Tag.REFUSED))
        kind, name = OTHERS.get(rule.endpoint, ("commitment", "SC-014"))
        item = str(site.stage.item(name).id)
        path = path_of(rule.rule, PLACES | {"kind": kind, "item_id": item})
        fields = FIELDS | {"kind": kind, "item": item, "act": ACTS.get(rule.endpoint, "accept")}
        answer = aud.post(path, **fields)
        noted = len(site.stage.events(Tag.REFUSED)) - before
        if (answer.status_code, "may not" in answer.get_data(as_text=True), noted) != (403, True, 1):
            wrong.append(f"{rule.endpoint} {path}: {answer.status_code}, {noted} noted")
    assert not wrong, "\n".join(wrong)


FIELDS = {
    "reason": "because",
    "number": "1047",
    "amount": "900.00",
    "month": "2026-03",
    "part": "prepared",
    "zone": "America/Boise",
}
ACTS = {"offers.act": "archive", "payments.act": "remove:1"}
#: What is not asked of a commitment.
OTHERS = {
    "offers.act": ("company", "SC-014"),
    "offers.refresh": ("company", "SC-014"),
}
PLACES = {"step": "country", "login": "pat", "project_id": "86"}


def path_of(rule: str, places: dict[str, str]) -> str:
    """An address of the rule, with something that is there in each place."""
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: places.get(found[1], "1"), rule)
