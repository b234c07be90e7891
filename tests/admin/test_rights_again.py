"""Procore is asked again before anything is changed, and a right it does not grant any more breaks no page."""

from __future__ import annotations

import pytest
from flask import request
from sqlalchemy import update

from app.db.models import User
from app.items import registry
from app.services import procore_people, rights_again
from tests import records
from tests.admin.conftest import Visit, app_of
from tests.admin.reading import Page, look
from tests.admin.test_refused_acts import FIELDS, MACHINES, PLACES, path_of
from tests.paying import Site
from tests.support import Stage

#: What is posted without asking Procore, and why.
UNASKED = {
    "access.log_out": "whoever leaves may leave",
    "access.theme": "how one's own pages look",
    "preferences.keep_columns": "one's own lists",
    "preferences.keep_keys": "one's own keyboard",
}
MAIL = "ana@example.com"


@pytest.mark.requirement("ACC-17")
def test_every_change_of_somebody_signed_in_reads_the_rights_again(
    site: Site, visit_site: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def note(*_: object) -> str:
        asked.append(str(request.endpoint))
        return ""

    aud = visit_site("aud")
    monkeypatch.setattr(rights_again, "read_again", note)
    rules = [rule for rule in app_of(site.stage).url_map.iter_rules() if "POST" in (rule.methods or ())]
    posted = {rule.endpoint: rule.rule for rule in rules if not MACHINES.fullmatch(rule.endpoint)}
    last = ["people.everywhere", "access.log_out"]  # these end the session
    for endpoint in [*sorted(posted.keys() - {*last, "access.signing_in"}), *last]:
        item = str(site.stage.item("SC-014").id)
        places = PLACES | {"kind": "commitment", "item_id": item}
        aud.post(path_of(posted[endpoint], places), **FIELDS | {"kind": "commitment", "item": item, "act": "accept"})
        if endpoint == "people.everywhere":
            aud = visit_site("aud")
    assert (posted.keys() - {"access.signing_in"}) - set(asked) == UNASKED.keys()


def lost_in_procore(stage: Stage) -> None:
    """Procore does not grant Ana the privilege any more."""
    with stage.database.writing() as session:
        session.execute(update(User).where(User.login == "ana").values(mail=MAIL))
    procore_people.take(
        stage.database, 1, [{"id": 1, "name": "Ana", "email_address": MAIL, "is_active": True,
                             "erp_integrated_accountant": False}],
    )  # fmt: skip


def test_whose_right_procore_took_sees_every_list_and_why_the_buttons_are_off(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    ana = visit("ana")
    lost_in_procore(stage)
    paths = [f"/items/{kind}?tab={tab}" for kind in registry.kinds() for tab in ("draft", "sent", "synced")]
    paths += [f"/to-import/{kind}" for kind in registry.offered()]
    paths += ["/", "/exceptions/", "/connection/", "/reports/", f"/items/commitment/{stage.item('SC-014').id}"]
    assert {path: status for path in paths if (status := ana.get(path).status_code) != 200} == {}
    shown = look(ana, "/items/commitment?tab=sent")
    [why] = shown.find("//p[@id='why-accept']")
    assert "Procore does not grant “Can Push to Accounting” any more" in why.text_content()
    assert why.xpath("a/@href")[0].startswith("/permissions/#")


def test_what_procore_took_counts_for_the_first_thing_on_home(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Ironline Steel", 62))
    stage.send()
    ana, item = visit("ana"), stage.item("Ironline Steel")
    lost_in_procore(stage)
    told = Page(ana.post("/first", kind="company", item=str(item.id), version=str(item.version)))
    assert (told.status, stage.item("Ironline Steel").state) == (403, "sent")
