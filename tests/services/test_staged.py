"""What QuickBooks offers is added to Procore exactly once, linked with reasons, archived and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.core import clock
from app.core.errors import Forbidden, NotFound, Refusal
from app.core.tags import Tag
from app.db.models import Binding, Connection, Errand, Item, StagedRecord
from app.items import registry
from app.services import offers, refreshes, staged, write_back
from app.services.offers import Wanted
from tests import records
from tests.importing import Office, choose, ike, linked_vendor, names, office, page, read_lists, said, shown, vendor
from tests.support import Stage


@pytest.fixture
def place(stage: Stage) -> Iterator[Office]:
    with office(stage) as found:
        yield found


# -- add to Procore ------------------------------------------------------------------------------------------------


@pytest.mark.requirement("WFL-03", "CMP-01", "CMP-02")
def test_a_vendor_becomes_one_company_linked_from_the_start(any_stage: Stage) -> None:
    with office(any_stage) as place:
        _becomes_one_company(place)


def _becomes_one_company(place: Office) -> None:
    stage = place.stage
    address = {"Addr1": "Granite Works", "Addr2": "12 Pit Road", "City": "Kent", "State": "WA", "PostalCode": "98032"}
    one = vendor(stage, "Granite Works", VendorAddress=address, Phone="253-555-0100", Fax="253-555-0101")
    assert not staged.add(stage.database, 1, "company", ike(stage), [one]).refused
    assert page(stage).rows[0].on_its_way
    assert place.work() == 1
    [made] = place.named("vendors", "Granite Works")
    assert {key: made[key] for key in ("address", "city", "state_code", "zip", "business_phone", "fax_number")} == {
        "address": "12 Pit Road", "city": "Kent", "state_code": "WA", "zip": "98032",
        "business_phone": "253-555-0100", "fax_number": "253-555-0101",
    }  # fmt: skip
    assert made["origin_id"] == stage.staged("Granite Works")
    item = stage.item("Granite Works")
    [binding] = stage.rows(Binding, item_id=item.id)
    assert (item.state, binding.record, binding.quickbooks_id) == ("synced", "Vendor", made["origin_id"])
    assert stage.rows(StagedRecord, id=one)[0].state == "imported"
    assert stage.rows(Errand) == []
    assert stage.events(Tag.ITEM_MOVED)[-1]["move"] == "link"
    stage.must_be_sound()


@pytest.mark.requirement("ACC-20")
def test_a_first_line_that_repeats_the_name_is_no_street(stage: Stage) -> None:
    lines = {"Addr1": "  granite WORKS ", "Addr2": "12 Pit Road"}
    one = vendor(stage, "Granite Works", VendorAddress=lines)
    assert stage.rows(StagedRecord, id=one)[0].data["street"] == "12 Pit Road"


@pytest.mark.requirement("WFL-03")
@pytest.mark.parametrize("lost", [["POST"], ["GET"], ["POST", "GET"], ["POST", "POST"]], ids=" ".join)
def test_it_is_made_once_though_answers_are_lost(place: Office, lost: list[str]) -> None:
    one = vendor(place.stage, "Granite Works")
    staged.add(place.stage.database, 1, "company", ike(place.stage), [one])
    place.wire.lost_answers = lost
    work_for_hours(place)
    assert len(place.named("vendors", "Granite Works")) == 1
    assert [item.state for item in place.stage.rows(Item, name="Granite Works")] == ["synced"]


def work_for_hours(place: Office, turns: int = 4) -> None:
    """The worker's turns, half an hour apart, so that whatever failed is due again."""
    for turn in range(turns):
        moment = clock.now() + timedelta(minutes=30 * turn)
        with clock.running(lambda moment=moment: moment):  # type: ignore[misc]
            place.work()


def test_an_outage_is_waited_for_and_told(place: Office) -> None:
    one = vendor(place.stage, "Granite Works")
    staged.add(place.stage.database, 1, "company", ike(place.stage), [one])
    place.wire.down = True
    assert place.work() == 0
    [row] = page(place.stage).rows
    assert row.on_its_way
    assert row.errand is not None
    assert "could not be reached" in row.errand.problem
    assert place.work() == 0  # not before its time
    place.wire.down = False
    work_for_hours(place)
    assert place.stage.item("Granite Works").state == "synced"


def test_one_odd_errand_keeps_no_other_waiting_and_lasting_trouble_is_on_the_trail_once(
    place: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = place.stage
    for name in ("Granite Works", "Pit & Quarry"):
        stage.company.add_vendor(name)
    read_lists(stage)
    staged.add(stage.database, 1, "company", ike(stage), shown(stage, "Granite Works", "Pit & Quarry"))
    kind = type(registry.kind("company"))
    there = kind.new_record

    def new_record(self: Any, record: Any, settings: Any) -> Any:
        return there(self, record, settings) if record.name != "Granite Works" else {}["odd"]

    monkeypatch.setattr(kind, "new_record", new_record)
    work_for_hours(place)
    assert place.named("vendors", "Pit & Quarry")
    [row] = stage.rows(Errand)
    assert row.problem.startswith("Tieout made a mistake (KeyError at ")
    assert (row.tries, row.refused) == (4, False)
    assert [one["record"] for one in stage.events(Tag.ERRAND_FAILED)] == ["Granite Works"]


def test_an_update_finds_its_own_item_though_another_kind_is_bound_to_the_same_id(place: Office) -> None:
    stage = place.stage
    list_id, one = linked_vendor(place)
    other = stage.item("SC-014").id if "SC-014" in stage.states() else stage.rows(Item, kind="project")[0].id
    with stage.database.writing() as session:
        session.get_one(Binding, other).quickbooks_id = list_id
    stage.company.edit(list_id, Phone="253-555-0999")
    read_lists(stage)
    assert not staged.update(stage.database, 1, "company", ike(stage), [one]).refused
    assert place.work() == 1
    assert place.named("vendors", "Granite Works")[0]["business_phone"] == "253-555-0999"


def test_what_procore_refuses_waits_for_a_person_who_may_choose_otherwise(place: Office) -> None:
    stage = place.stage
    one = vendor(stage, "Granite Works")
    # Somebody else's record carries the origin, and the look cannot see it.
    place.store.put("vendors", {**place.store.all("vendors")[0], "id": None, "name": "Hidden", "origin_id": "x"})
    staged.add(stage.database, 1, "company", ike(stage), [one])
    place.wire.refuse = "/rest/v1.0/vendors"
    place.work()
    [row] = page(stage).rows
    assert not row.on_its_way
    assert row.errand is not None
    assert "refused" in row.errand.problem
    place.wire.refuse = ""
    assert not staged.archive(stage.database, 1, "company", ike(stage), [one]).refused
    assert stage.rows(Errand) == []


@pytest.mark.requirement("WFL-02", "PRJ-05", "WBS-10")
def test_a_customer_becomes_a_project_on_the_list_of_accounting(place: Office) -> None:
    stage = place.stage
    choose(stage, customers_are_jobs=True)
    stage.company.add_customer("Ferry Terminal", ShipAddress={"Addr1": "1 Pier", "City": "Seattle", "State": "WA"})
    read_lists(stage)
    [one] = shown(stage, "Ferry Terminal")
    assert not staged.add(stage.database, 1, "project", ike(stage), [one]).refused
    place.work()
    [made] = place.named("projects", "Ferry Terminal")
    erp = next(row["id"] for row in place.store.all("standard_cost_code_lists") if row["is_erp_list"])
    assert (made["standard_cost_code_list_id"], made["is_erp_integrated"], made["address"]) == (erp, True, "1 Pier")
    assert stage.item("Ferry Terminal").state == "synced"
    assert place.work() == 0


@pytest.fixture
def tiers(stage: Stage) -> dict[str, int]:
    """A customer, a job under it, and a job under that."""
    city = stage.company.add_customer("City of Fairview")
    library = stage.company.add_customer("Library", parent=city)
    stage.company.add_customer("Annex", parent=library)
    read_lists(stage)
    rows = ("City of Fairview", "City of Fairview:Library", "City of Fairview:Library:Annex")
    return dict(zip(("customer", "job", "third"), shown(stage, *rows), strict=True))


@pytest.mark.requirement("PRJ-05", "PRJ-07", "PRJ-08")
@pytest.mark.parametrize(("customers_are_jobs", "importable"), [(True, {"customer"}), (False, {"job"})])
def test_only_the_tier_of_the_setting_can_be_imported(
    stage: Stage, tiers: dict[str, int], customers_are_jobs: bool, importable: set[str]
) -> None:
    with stage.database.writing() as session:  # chosen before there was any project: later nobody can
        connection = session.get_one(Connection, stage.connection_id)
        connection.settings = {**connection.settings, "customers_are_jobs": customers_are_jobs}
    why = {row.record.id: row.no_add for row in page(stage, "project").rows}
    assert {tier for tier, one in tiers.items() if not why[one]} == importable
    for tier, one in tiers.items():
        results = staged.add(stage.database, 1, "project", ike(stage), [one])
        assert bool(results.refused) == (tier not in importable), tier
    assert len(stage.rows(Errand)) == 1


@pytest.mark.requirement("PRJ-08")
def test_a_third_tier_is_refused_in_the_catalogues_words(stage: Stage, tiers: dict[str, int]) -> None:
    [result] = staged.add(stage.database, 1, "project", ike(stage), [tiers["third"]]).refused
    assert result.problem is not None
    assert (result.problem.status, result.problem.rule_id) == (422, "refusals.yaml:tier-3-jobs")
    [event] = stage.events(Tag.REFUSED)
    assert event["sentence"] == result.problem.sentence


@pytest.mark.requirement("PRJ-09")
def test_a_project_is_linked_with_a_job_by_no_route(stage: Stage) -> None:
    stage.company.add_customer("Ferry Terminal")
    stage.receive(records.project("Ferry Terminal", 99))
    read_lists(stage)
    [one] = shown(stage, "Ferry Terminal")
    with pytest.raises(Refusal, match="cannot be linked") as problem:
        staged.link(stage.database, 1, "project", ike(stage), {one: stage.item("Ferry Terminal").id})
    assert problem.value.status == 422
    [refused] = said(staged.add(stage.database, 1, "project", ike(stage), [one]))
    assert refused == str(problem.value)  # adding it would make a second one
    assert stage.rows(Errand) == []
    assert len(stage.events(Tag.REFUSED)) == 2
    assert stage.item("Ferry Terminal").state == "draft"


def test_what_is_not_to_be_added_is_refused_with_a_way_on(stage: Stage) -> None:
    stage.receive(records.company("Granite Works", 77))
    sleeping = stage.company.add_vendor("Old Vendor")
    stage.company.make_inactive(sleeping)
    stage.company.add_vendor("Granite Works")
    read_lists(stage)
    rows = shown(stage, "Old Vendor", "Granite Works", "Delta Concrete")
    shown_bars = {row.record.id: row.no_add for row in page(stage).rows}
    told = said(staged.add(stage.database, 1, "company", ike(stage), rows))
    assert [shown_bars[one] for one in rows[:2]] == told[:2]
    assert told[0].startswith("Old Vendor is inactive in QuickBooks. Make it active")
    assert told[1] == "Procore has the company Granite Works already. Link the two instead of adding a second one."
    assert told[2] == "Delta Concrete is linked with Delta Concrete already. Unlink that one first."
    assert stage.rows(Errand) == []


def test_nothing_else_happens_to_a_record_on_its_way(stage: Stage) -> None:
    stage.receive(records.company("Granite Ltd", 77))
    one = vendor(stage, "Granite Works")
    staged.add(stage.database, 1, "company", ike(stage), [one])
    again = [
        staged.add(stage.database, 1, "company", ike(stage), [one]),
        staged.archive(stage.database, 1, "company", ike(stage), [one]),
        staged.link(stage.database, 1, "company", ike(stage), {one: stage.item("Granite Ltd").id}),
    ]
    assert {sentence for found in again for sentence in said(found)} == {
        "Granite Works is being added to Procore. Wait until it is there."
    }
    assert len(stage.rows(Errand)) == 1


# -- link ----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("CMP-03", "WFL-03")
def test_a_link_pairs_the_two_and_changes_neither(stage: Stage) -> None:
    stage.receive(records.company("Granite Works LLC", 77))
    one = vendor(stage, "Granite Works", Phone="253-555-0100")
    before = stage.company.records("Vendor")
    item = stage.item("Granite Works LLC")
    assert not staged.link(stage.database, 1, "company", ike(stage), {one: item.id}).refused
    [binding] = stage.rows(Binding, item_id=item.id)
    assert binding.quickbooks_id == stage.staged("Granite Works")
    assert stage.item("Granite Works LLC").state == "synced"
    assert stage.run().outcome == "nothing"
    assert stage.company.records("Vendor") == before
    assert [event["move"] for event in stage.events(Tag.ITEM_MOVED)][-1] == "link"
    stage.must_be_sound()


def test_whoever_waited_for_the_company_leaves_once_it_is_linked(stage: Stage) -> None:
    stage.receive(records.company("Granite Works", 77))
    one = vendor(stage, "Granite Works")
    stage.receive(records.commitment(vendor={"id": 77, "company": "Granite Works"}))
    stage.send("SC-014")
    assert not stage.accept("SC-014").refused
    assert stage.item("SC-014").state == "accepted"
    staged.link(stage.database, 1, "company", ike(stage), {one: stage.item("Granite Works").id})
    assert stage.item("SC-014").state == "queued"
    stage.run()
    assert stage.orders()["SC-014"]["VendorRef"]["FullName"] == "Granite Works"


@pytest.mark.requirement("CMP-11")
def test_the_suggestions_are_exactly_those_of_the_same_name_and_link_as_one(stage: Stage) -> None:
    mine = ["Alpha", "BRAVO", "Charlie", "delta two"]
    theirs = ["alpha", "Bravo", "Charlie", "Delta Two"]
    stage.receive(*(records.company(name, 100 + at) for at, name in enumerate(theirs)))
    for name in (*mine, "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet"):
        stage.company.add_vendor(name)
    read_lists(stage)
    assert len(page(stage).rows) == 10
    assert names(page(stage, matches=True)) == mine
    pairs = offers.exact_pairs(stage.database, 1, "company")
    assert len(staged.link(stage.database, 1, "company", ike(stage), pairs).done) == 4
    assert [stage.item(name).state for name in theirs] == ["synced"] * 4
    assert names(page(stage, matches=True)) == []
    assert page(stage).counts == {"staged": 6, "linked": 5, "imported": 0, "archived": 0}


def test_a_suggestion_says_why(stage: Stage) -> None:
    stage.receive(
        records.company("Granite Works", 77, business_phone="(253) 555-0100"),
        records.company("Granyte Works, Inc.", 78, business_phone=""),
        records.company("Pit & Quarry", 79, business_phone="+1 253 555 0199"),
    )
    stage.company.add_vendor("Granite Works")
    stage.company.add_vendor("Somebody", Phone="253.555.0199")
    read_lists(stage)
    told = {
        row.record.full_name: [(one.item.name, one.suggestion.exact, one.suggestion.reason) for one in row.offers]
        for row in page(stage).rows
    }
    assert told == {
        "Granite Works": [("Granite Works", True, "same name"), ("Granyte Works, Inc.", False, "92 % alike")],
        "Somebody": [("Pit & Quarry", False, "same phone")],
    }


@pytest.mark.requirement("ACC-04", "WFL-11", "WBS-12")
def test_a_code_is_linked_with_a_two_sided_service_item_only(stage: Stage) -> None:
    income, costs = stage.staged("Construction Income"), stage.staged("Job Costs")
    stage.receive(records.cost_code("09-900", 55, "Painting"))
    stage.company.add_service_item("Permits", income=costs)
    stage.company.add_service_item("09-900 Painting", income=income, expense=costs)
    stage.company.add_item("ItemOtherCharge", "Freight", SalesOrPurchase={"AccountRef": {"ListID": costs}})
    read_lists(stage)
    item = stage.item("09-900").id
    permits, painting, freight = shown(stage, "Permits", "09-900 Painting", "Freight")
    assert set(names(page(stage, "cost_code"))) == {"Permits", "09-900 Painting"}
    ana = stage.person("ana")

    def link(one: int) -> list[str]:
        return said(staged.link(stage.database, 1, "cost_code", ana, {one: item}))

    [sentence] = link(permits)
    assert "posts to one account only, Job Costs" in sentence
    assert "performed by a subcontractor" in sentence
    assert "only with items of the type Service" in link(freight)[0]
    assert stage.item("09-900").state == "draft"
    [row] = [row for row in page(stage, "cost_code").rows if row.record.id == painting]
    assert row.offers[0].suggestion.reason.startswith("same code")
    assert link(painting) == []
    assert stage.item("09-900").state == "synced"


def test_a_code_is_never_added_to_procore(stage: Stage) -> None:
    income, costs = stage.staged("Construction Income"), stage.staged("Job Costs")
    stage.company.add_service_item("Painting", income=income, expense=costs)
    read_lists(stage)
    with pytest.raises(Forbidden):
        staged.add(stage.database, 1, "cost_code", ike(stage), shown(stage, "Painting"))


# -- archive and restore -------------------------------------------------------------------------------------------


@pytest.mark.requirement("PRM-22")
def test_an_archived_vendor_is_out_of_sight_until_it_is_restored(stage: Stage) -> None:
    one = vendor(stage, "Granite Works")
    assert not staged.archive(stage.database, 1, "company", ike(stage), [one]).refused
    assert "Granite Works" not in names(page(stage))
    assert names(page(stage, tab="archived")) == ["Granite Works"]
    read_lists(stage)
    assert names(page(stage, tab="archived")) == ["Granite Works"]
    assert said(staged.archive(stage.database, 1, "company", ike(stage), [one])) == [
        "Granite Works cannot be archived: it is archived. Look at it again."
    ]
    assert not staged.restore(stage.database, 1, "company", ike(stage), [one]).refused
    assert "Granite Works" in names(page(stage))
    assert [len(stage.events(tag)) for tag in (Tag.STAGED_ARCHIVED, Tag.STAGED_RESTORED)] == [1, 1]


# -- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("PRM-20", "PRM-30", "PRM-47")
@pytest.mark.parametrize(
    ("act", "able"),
    [
        ("add", {"ana", "pat", "ike"}),
        ("archive", {"ana", "pat", "ike"}),
        ("link", {"ike"}),
        ("list", {"ana", "pat", "ike"}),
    ],
)
def test_only_the_level_of_the_matrix_may(stage: Stage, act: str, able: set[str]) -> None:
    stage.receive(records.company("Granite Ltd", 77))
    one = vendor(stage, "Granite Works")
    tried = {
        "add": lambda who: staged.add(stage.database, 1, "company", who, [one]),
        "archive": lambda who: staged.archive(stage.database, 1, "company", who, [one]),
        "link": lambda who: staged.link(stage.database, 1, "company", who, {one: stage.item("Granite Ltd").id}),
        "list": lambda who: offers.page(stage.database, 1, who, Wanted("company", tab="archived")),
    }
    let = set()
    for login in ("aud", "ana", "pat", "ike"):
        with suppress(Forbidden):
            tried[act](stage.person(login))
            let.add(login)
    assert let == able
    refused = [event for event in stage.events(Tag.REFUSED) if event["code"] == "forbidden"]
    assert len(refused) == 4 - len(able)
    assert all("Admin" in event["sentence"] for event in refused)


@pytest.mark.requirement("PRM-21", "PRM-31", "PRM-32")
def test_a_job_is_added_and_a_list_refreshed_by_an_admin_alone(stage: Stage) -> None:
    stage.company.add_customer("Ferry Terminal")
    read_lists(stage)
    for login in ("aud", "ana", "pat"):
        who = stage.person(login)
        with pytest.raises(Forbidden, match="needs the level Admin"):
            staged.add(stage.database, 1, "project", who, shown(stage, "Ferry Terminal"))
        for name in ("vendors", "items"):
            with pytest.raises(Forbidden, match="needs the level Admin"):
                refreshes.ask(stage.database, 1, who, [name])
    assert stage.rows(Errand) == []
    assert refreshes.ask(stage.database, 1, ike(stage), ["vendors", "items"]) == ["vendors", "items"]


# -- the lists are read --------------------------------------------------------------------------------------------


@pytest.mark.requirement("CFG-19")
def test_a_refresh_is_asked_for_once_however_often_the_button_is_pressed(stage: Stage) -> None:
    assert not page(stage).asked
    before = page(stage).as_of
    assert refreshes.ask(stage.database, 1, ike(stage), ["vendors"]) == ["vendors"]
    assert page(stage).asked
    assert refreshes.ask(stage.database, 1, ike(stage), ["vendors"]) == []
    assert stage.run().outcome == "done"
    found = page(stage)
    assert not found.asked
    assert found.as_of is not None
    assert before is not None
    assert found.as_of > before


@pytest.mark.requirement("CFG-15")
def test_jobs_and_vendors_are_read_anew_each_hour_and_no_sooner(stage: Stage) -> None:
    read_lists(stage)
    start = clock.now()

    def names_asked(minutes: int) -> list[str]:
        moment = start + timedelta(minutes=minutes)
        with clock.running(lambda: moment):
            stage.run()
        wanted = [one for event in stage.events(Tag.REFRESH_ASKED)[done:] for one in event["refreshes"]]
        return sorted(one for one in wanted if one in {"customers", "vendors"})

    done = len(stage.events(Tag.REFRESH_ASKED))
    assert names_asked(50) == []
    assert names_asked(61) == ["customers", "vendors"]
    assert names_asked(70) == ["customers", "vendors"]  # nothing was added to those of 61 minutes


# -- changes of a vendor -------------------------------------------------------------------------------------------


@pytest.mark.requirement("CMP-06", "ACC-25")
def test_auto_update_is_off_and_then_a_difference_is_shown_alone(place: Office) -> None:
    stage = place.stage
    list_id, _ = linked_vendor(place)
    stage.company.edit(list_id, Phone="253-555-0999")
    read_lists(stage)
    assert place.work() == 0
    assert place.named("vendors", "Granite Works")[0]["business_phone"] == "253-555-0100"
    [row] = page(stage, tab="imported").rows
    assert [(one.label, one.quickbooks, one.procore) for one in row.differences] == [
        ("Business Phone", "253-555-0999", "253-555-0100")
    ]


@pytest.mark.requirement("CMP-06", "ACC-25")
def test_auto_update_tells_procore_what_changed_but_asks_before_the_name(place: Office) -> None:
    stage = place.stage
    list_id, one = linked_vendor(place)
    choose(stage, vendor_auto_update=True)
    stage.company.edit(list_id, Phone="253-555-0999")
    stage.company.rename(list_id, "Granite Works & Sons")
    read_lists(stage)
    assert place.work() == 1
    [made] = place.named("vendors", "Granite Works")
    assert made["business_phone"] == "253-555-0999"
    [event] = stage.events(Tag.UPDATED_IN_PROCORE)
    assert (event["before"], event["after"]) == (
        {"business_phone": "253-555-0100"},
        {"business_phone": "253-555-0999"},
    )
    [row] = page(stage, tab="imported").rows
    assert [difference.label for difference in row.differences] == ["Name"]
    assert not staged.update(stage.database, 1, "company", ike(stage), [one]).refused
    place.work()
    assert place.named("vendors", "Granite Works & Sons")
    assert page(stage, tab="imported").rows[0].differences == ()
    read_lists(stage)
    assert place.work() == 0


@pytest.mark.requirement("ACC-21")
def test_a_code_that_may_be_there_asks_and_is_then_made_below_its_division(stage: Stage) -> None:
    income, costs = stage.staged("Construction Income"), stage.staged("Job Costs")
    division = stage.company.add_service_item("09 Finishes", income=income, expense=costs)
    stage.company.add_service_item("09-900 Paint", income=income, expense=costs, parent=division)
    read_lists(stage)
    stage.receive(records.cost_code("09-900", 55, "Painting"))
    stage.send("09-900")
    [outcome] = stage.accept("09-900").refused
    assert "QuickBooks already has 09 Finishes:09-900 Paint" in str(outcome.problem)
    assert not stage.accept("09-900", choice="create", parent=division).refused
    stage.must_settle()
    made = {one["FullName"]: one for one in stage.company.records("ItemService")}
    assert made["09 Finishes:09-900"]["ParentRef"]["ListID"] == division
    assert stage.item("09-900").difference == ""


@pytest.mark.requirement("CMP-07")
def test_a_company_renamed_in_procore_is_shown_to_differ_and_the_vendor_stays(stage: Stage) -> None:
    read_lists(stage)
    stage.receive(records.company("Delta Concrete & Sons"))
    [row] = page(stage, tab="linked").rows
    assert [(one.label, one.quickbooks, one.procore) for one in row.differences] == [
        ("Name", "Delta Concrete", "Delta Concrete & Sons")
    ]
    assert stage.run().outcome == "nothing"
    assert [vendor["Name"] for vendor in stage.company.records("Vendor")] == ["Delta Concrete"]


def test_procore_is_told_of_a_link(stage: Stage) -> None:
    stage.receive(records.company("Pit Ltd", 77))
    one = vendor(stage, "Granite Works")
    staged.link(stage.database, 1, "company", ike(stage), {one: stage.item("Pit Ltd").id})
    [told] = [wanted.told for wanted in write_back.due(stage.database, 1) if wanted.told.procore_id == 77]
    assert (told.origin_id, told.origin_code) == (stage.staged("Granite Works"), "Granite Works")


# -- many at once --------------------------------------------------------------------------------------------------


def test_a_record_that_was_never_shown_stops_the_whole_before_any_of_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = vendor(stage, "Granite Works")
    monkeypatch.setattr(staged, "BATCH", 1)  # each in a transaction of its own
    with pytest.raises(NotFound, match=r"no such record \(999999\)"):
        staged.archive(stage.database, 1, "company", ike(stage), [one, 999_999])
    assert stage.rows(StagedRecord, id=one)[0].state == "staged"


def test_what_procore_has_is_looked_up_once_for_all_that_are_added(stage: Stage) -> None:
    stage.receive(records.company("Pit Ltd", 77))
    ids = [vendor(stage, name) for name in ("Granite Works", "Pit Ltd", "Quarry Co", "Sand and Gravel")]
    looked = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        looked.append(statement.startswith("SELECT item.id, item.name") and "NOT IN" in statement)

    event.listen(stage.database.engine, "before_cursor_execute", note)
    found = staged.add(stage.database, 1, "company", ike(stage), ids)
    event.remove(stage.database.engine, "before_cursor_execute", note)
    assert sum(looked) == 1
    [refused] = found.refused
    assert (refused.name, refused.problem.links[0].label if refused.problem else "") == ("Pit Ltd", "Pit Ltd")
    assert len(found.done) == 3
