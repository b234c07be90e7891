"""Who is told of what, and where it stands; no mail server is needed for that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.errors import NotFound
from app.core.tags import Tag
from app.db.models import Connection, Item, Notice, User
from app.services import discrepancies, month_end, notices, notices_page, notices_silence, timeline
from app.services.discrepancies import Found
from app.services.unit import work
from tests import records
from tests.admin.scenes import refused_by_quickbooks
from tests.admin.test_list_cost import statements, work_here
from tests.support import Stage

REASON = "The schedule has no line for hoisting"


def told(stage: Stage, login: str) -> list[Notice]:
    return list(notices_page.page(stage.database, 1, stage.person(login)).rows)


def said(stage: Stage, login: str) -> list[tuple[str, str]]:
    return [(one.sort, one.sentence) for one in told(stage, login)]


def sent(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()


@pytest.mark.requirement("OVR-03", "OPS-01")
def test_who_sent_it_is_told_of_the_reject_with_its_reason_and_what_to_do(stage: Stage) -> None:
    sent(stage)
    assert not stage.act("reject", "SC-014", reason=REASON).refused
    [notice] = told(stage, "pat")
    item = stage.item("SC-014")
    assert notice.sort == "rejected"
    assert notice.sentence.startswith("Ana rejected SC-014")
    assert f"“{REASON}”" in notice.sentence
    assert notice.what_to_do == "Change it in Procore and send it again."
    assert notice.page == f"/items/commitment/{item.id}"
    assert [told(stage, login) for login in ("ana", "abe", "aud", "ike")] == [[], [], [], []]


def test_nobody_is_called_untold_where_the_sender_was_told_or_rejects_it_alone(stage: Stage) -> None:
    sent(stage)
    assert [one.note for one in stage.act("reject", "SC-014", reason=REASON).done] == [""]
    assert stage.events(Tag.NOTICE_REACHED_NOBODY) == []


def test_where_the_sender_left_whoever_rejects_is_told_to_speak_to_the_project_team(stage: Stage) -> None:
    sent(stage)
    with stage.database.writing() as session:
        session.execute(update(User).where(User.login == "pat").values(active=False))
    [outcome] = stage.act("reject", "SC-014", reason=REASON).done
    assert outcome.note == (
        "Nobody could be told of it here: whoever sent SC-014 (Pat) has no account in use. Tell the project team "
        "yourself what to change."
    )


@pytest.mark.requirement("OVR-03")
def test_the_notice_stands_in_the_items_timeline(stage: Stage) -> None:
    sent(stage)
    stage.act("reject", "SC-014", reason=REASON)
    with stage.database.reading() as session:
        shown = timeline.load(session, session.get_one(Item, stage.item("SC-014").id))
    [entry] = [one for one in shown if one.tag == Tag.NOTICE_GIVEN]
    assert entry.group == "notice"
    assert entry.says.startswith("To Pat: Ana rejected SC-014")
    assert REASON in entry.says


def test_what_was_refused_to_happen_is_told_to_nobody(stage: Stage) -> None:
    stage.receive(records.commitment())
    assert stage.act("reject", "SC-014", reason=REASON).refused
    assert not stage.rows(Notice)


def test_nobody_is_told_what_they_did_themselves(stage: Stage) -> None:
    sent(stage)
    with stage.database.writing() as session:
        session.get_one(Item, stage.item("SC-014").id).sent_by = "Ana"
    stage.act("reject", "SC-014", reason=REASON)
    assert not stage.rows(Notice)


def test_who_accepted_it_is_told_what_quickbooks_refused(stage: Stage) -> None:
    refused_by_quickbooks(stage)
    [notice] = told(stage, "ana")
    item = stage.item("SC-014")
    assert notice.sort == "failed"
    assert notice.sentence.startswith("QuickBooks refused SC-014")
    assert item.problem in notice.sentence
    assert notice.what_to_do == item.remedy
    assert not told(stage, "abe")
    assert not told(stage, "pat")


def test_where_the_accepter_is_gone_all_who_may_accept_such_items_are_told(stage: Stage) -> None:
    stage.approve(records.commitment())
    with work(stage.database, 1) as unit:
        item = unit.session.get_one(Item, stage.item("SC-014").id)
        item.accepted_by = "Somebody who left"
        discrepancies.note(unit, "write", {item.id: [Found("Its memo is otherwise.")]}, [item])
    assert [len(told(stage, login)) for login in ("ana", "abe", "pat", "aud")] == [1, 1, 0, 0]


def test_a_difference_is_told_once_for_as_long_as_it_stays_the_same(stage: Stage) -> None:
    stage.approve(records.commitment())
    for sentence in ("Its memo is otherwise.", "Its memo is otherwise.", "Its date is otherwise."):
        with work(stage.database, 1) as unit:
            item = unit.session.get_one(Item, stage.item("SC-014").id)
            discrepancies.note(unit, "purchase_orders", {item.id: [Found(sentence)]}, [item])
    assert [sort for sort, _ in said(stage, "ana")] == ["difference", "difference"]
    assert "Its date is otherwise." in said(stage, "ana")[0][1]
    assert "Its memo is otherwise." in said(stage, "ana")[1][1]


def test_a_prepared_month_asks_everybody_else_who_may_sign_it(billing: Stage) -> None:
    month_end.sign(billing.database, 1, billing.person("ana"), "2026-03", "prepared")
    assert said(billing, "abe") == [("month", "Ana prepared March 2026 and asks somebody else to review it.")]
    assert not told(billing, "ana")
    assert not told(billing, "pat")
    [notice] = told(billing, "abe")
    assert notice.page == "/reports/month-end?month=2026-03"
    month_end.sign(billing.database, 1, billing.person("abe"), "2026-03", "reviewed")
    assert len(billing.rows(Notice)) == len({one.user_id for one in billing.rows(Notice)})


def test_a_silence_is_told_once_to_those_who_may_change_the_connection(stage: Stage) -> None:
    stage.run()
    now = clock.now()
    assert notices_silence.watch(stage.database, 1) == 0, "it was here just now"
    for minutes in (11, 12, 60):
        with clock.running(lambda minutes=minutes: now + timedelta(minutes=minutes)):
            notices_silence.watch(stage.database, 1)
    [notice] = told(stage, "ike")
    assert notice.title == "The Web Connector is silent"
    assert "silent since" in notice.sentence
    assert "Auto-Run is ticked" in notice.what_to_do
    assert not told(stage, "pat")
    stage.run()
    later = clock.now()
    with clock.running(lambda: later + timedelta(minutes=11)):
        notices_silence.watch(stage.database, 1)
    assert len(told(stage, "ike")) == 2, "another silence"


def test_all_who_can_be_told_are_found_at_once_however_many(stage: Stage) -> None:
    costs = []
    for first, end in ((0, 3), (3, 30)):
        with stage.database.writing() as session:
            for n in range(first, end):
                work_here(session, n)
        with stage.database.reading() as session, statements(stage) as seen:
            found = notices.readers(session, session.get_one(Connection, 1))
        costs.append(len(seen))
    assert len(found) >= 30
    assert costs[0] == costs[1]


def test_one_is_read_or_all_and_nobody_reads_anothers(stage: Stage) -> None:
    sent(stage)
    stage.receive(records.commitment("SC-020", 320))
    stage.send()
    stage.act("reject", "SC-014", "SC-020", reason=REASON)
    pat, ana = stage.person("pat"), stage.person("ana")
    newest, older = told(stage, "pat")
    with pytest.raises(NotFound):
        notices_page.mark_read(stage.database, 1, ana, newest.id)
    notices_page.mark_read(stage.database, 1, ana)
    assert notices_page.unread(stage.database, 1, pat) == 2
    notices_page.mark_read(stage.database, 1, pat, older.id)
    assert [bool(one.read_at) for one in told(stage, "pat")] == [False, True]
    notices_page.mark_read(stage.database, 1, pat)
    assert notices_page.unread(stage.database, 1, pat) == 0
