"""What changed, or has a remark, while somebody looked elsewhere is not done to unseen: on the pages and on Home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.core.errors import TieoutError
from app.db.models import Item
from app.services import lifecycle
from tests import records
from tests.admin.api.conftest import Calls, calling
from tests.admin.conftest import Visit
from tests.admin.reading import Page, look, press
from tests.admin.scenes import refused_by_quickbooks, waiting_for_its_vendor
from tests.support import Stage


@pytest.fixture
def calls(stage: Stage) -> Calls:
    """A program of somebody's, over the stage."""
    return calling(stage)


def _draft(stage: Stage) -> str:
    stage.receive(records.commitment())
    return "SC-014"


def _sent(stage: Stage) -> str:
    stage.receive(records.commitment())
    stage.send()
    return "SC-014"


def _accepted(stage: Stage) -> str:
    waiting_for_its_vendor(stage)
    return "SC-014"


def _failed(stage: Stage) -> str:
    refused_by_quickbooks(stage)
    return "SC-014"


def _written(stage: Stage) -> str:
    stage.approve(records.company("Ironline Steel", 62))
    stage.run()
    return "Ironline Steel"


ACTS: dict[str, tuple[str, Callable[[Stage], str], dict[str, str]]] = {
    "send": ("pat", _draft, {}),
    "retrieve": ("pat", _sent, {}),
    "accept": ("ana", _sent, {}),
    "reject": ("ana", _sent, {"reason": "No."}),
    "take_back": ("ana", _accepted, {"reason": "No."}),
    "retry": ("ana", _failed, {}),
    "unlink": ("ana", _written, {}),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_button_pressed_on_a_page_that_is_stale_does_nothing(visit: Visit, stage: Stage, act: str) -> None:
    login, scene, more = ACTS[act]
    before = stage.item(scene(stage))
    form: dict[str, Any] = {f"version:{before.id}": str(before.version + 1), **more}
    page = press(visit(login), before.kind, f"{act}:{before.id}", **form)
    assert f"{before.name} changed while you looked at it." in " ".join(page.told)
    after = stage.item(before.name)
    assert (after.state, after.version) == (before.state, before.version)


def remarked(stage: Stage) -> Item:
    """SC-014 is first on Ana's home page, and a rule remarks that she sent it herself."""
    stage.receive(records.commitment(), records.change_order())
    stage.send()
    with stage.database.writing() as session:
        session.get_one(Item, stage.item("SC-014").id).sent_by = "Ana"
    return stage.item("SC-014")


@pytest.mark.requirement("ACC-18")
def test_home_says_the_remark_and_accepts_nothing_that_has_one(visit: Visit, stage: Stage) -> None:
    item, ana = remarked(stage), visit("ana")
    [first] = look(ana, "/").find("//ol[@class='t-first-list']/li")
    assert "Ana sent SC-014 and accepts it as well." in first.text_content()
    assert not first.xpath(".//form"), "it is opened, and decided where all of it stands"
    told = Page(ana.post("/first", kind="commitment", item=str(item.id), version=str(item.version)))
    assert told.path == f"/items/commitment/{item.id}"
    assert stage.item("SC-014").state == "sent"
    press(ana, "commitment", f"accept:{item.id}", **{f"version:{item.id}": str(item.version)})
    assert stage.item("SC-014").state == "queued", "the page of the item showed the remark"


def test_home_of_the_api_says_why_what_is_sent_cannot_be_accepted_as_it_stands(stage: Stage, calls: Calls) -> None:
    remarked(stage)
    [first] = calls("ana").get("/home")["first"]
    assert first["why"].startswith("Ana sent SC-014 and accepts it as well.")
    [of_abe] = calls("abe").get("/home")["first"]
    assert of_abe["why"] == ""


def test_the_service_leaves_out_what_has_a_remark_unless_it_was_shown(stage: Stage) -> None:
    item, ana = remarked(stage), stage.person("ana")
    [left] = lifecycle.accept(stage.database, 1, ana, [item.id]).refused
    assert isinstance(left.problem, TieoutError)
    assert (left.problem.code, stage.item(item.name).state) == ("warned", "sent")
    assert lifecycle.accept(stage.database, 1, ana, [item.id], warned_seen=True).done
