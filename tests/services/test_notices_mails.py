"""Mails: what they say, when they leave, once a day where that was wanted, and what a mail server may do to them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import update

from app.core import clock
from app.core.tags import Tag
from app.db.models import DigestDay, Item, Mail, Notice, User
from app.services import notices_digest, notices_outbox, notices_page, notices_post, tasks, working
from app.services.notices_outbox import Draft
from app.services.notices_post import MailServerDown, Post, post_of
from app.services.unit import Work
from app.settings import BadSetting, load
from app.worker.postman import Postman
from tests import records
from tests.admin.scenes import refused_by_quickbooks
from tests.mailing import HOME, MailServer, post, text_of, with_addresses
from tests.support import Stage

REASON = "The schedule has no line for hoisting"
#: Half past six and seven in the morning at the company, which is in Los Angeles.
EARLY = datetime(2031, 3, 3, 14, 30, tzinfo=UTC)
SEVEN = datetime(2031, 3, 3, 15, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here."""


def never() -> bool:
    return False


@pytest.fixture
def server() -> Iterator[MailServer]:
    found = MailServer()
    yield found
    found.close()


def posted(stage: Stage, server: MailServer) -> Post:
    return post(stage, f"smtp://127.0.0.1:{server.port}")


def rejected(stage: Stage, reason: str = REASON) -> None:
    stage.receive(records.commitment())
    stage.send()
    assert not stage.act("reject", "SC-014", reason=reason).refused


def send(stage: Stage, server: MailServer) -> int:
    return notices_outbox.run(stage.database, 1, posted(stage, server), never)


def at(moment: datetime, stage: Stage, server: MailServer) -> int:
    """What the digest and the outbox do at this moment."""
    with clock.running(lambda: moment):
        if notices_digest.due(stage.database, 1):
            notices_digest.write(stage.database, 1, posted(stage, server))
        return send(stage, server)


def age(stage: Stage, moment: datetime) -> None:
    """Whatever rests came to where it is at this moment."""
    with stage.database.writing() as session:
        session.execute(update(Item).values(changed_at=moment))


# -- at once -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("OPS-01", "OVR-03")
def test_a_reject_is_mailed_to_the_sender_with_reason_remedy_and_link(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat", "ana", "abe")
    rejected(stage)
    assert send(stage, server) == 1
    [mail] = server.inbox.mails
    item = stage.item("SC-014")
    assert (mail["From"], mail["To"]) == ("Tieout <tieout@example.com>", "Pat <pat@example.com>")
    assert mail["Subject"] == "SC-014 was rejected"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert text_of(mail) == (
        "Pat,\n\n"
        f"Ana rejected SC-014 ({item.title}): “{REASON}”\n"
        "What to do: Change it in Procore and send it again.\n"
        f"Look at it: {HOME}/items/commitment/{item.id}\n"
        "\n"
        "-- \n"
        "Amounts are in US dollars.\n"
        "Cedar Ridge · sent by Tieout to Pat, because you want to be told of this at once.\n"
        f"Choose what you get by mail: {HOME}/notices/\n"
    )
    assert send(stage, server) == 0, "and only once"
    assert stage.events(Tag.NOTICE_MAILED)[0]["sentence"] == "To Pat."


def test_what_people_wrote_is_text_in_html_and_never_a_header(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat")
    with stage.database.writing() as session:
        name = "SC-9\r\nBcc: everyone@example.com"
    stage.receive(records.commitment())
    stage.send()
    with stage.database.writing() as session:
        session.execute(update(Item).where(Item.name == "SC-014").values(name=name))
    stage.act("reject", name, reason="<script>alert(1)</script>")
    send(stage, server)
    [mail] = server.inbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "SC-9 Bcc: everyone@example.com was rejected"
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;script&gt;" in html.get_content()
    assert "<script" not in html.get_content()
    assert "<script>alert(1)</script>" in text_of(mail)


def test_many_at_once_are_one_mail(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat")
    names = [f"SC-{number}" for number in range(100, 145)]
    stage.receive(*(records.commitment(name, 400 + number) for number, name in enumerate(names)))
    stage.send()
    stage.act("reject", *names, reason=REASON)
    assert send(stage, server) == 1
    [mail] = server.inbox.mails
    assert mail["Subject"] == "SC-100 was rejected, and 44 more notices"
    assert text_of(mail).count("What to do:") == 40
    assert f"… and 5 more: {HOME}/notices/" in text_of(mail)


@pytest.mark.parametrize(("wanted", "mails"), [("never", 0), ("daily", 0), ("immediate", 1)])
def test_a_person_chooses_what_is_mailed_and_the_page_has_it_all_the_same(
    stage: Stage, server: MailServer, wanted: str, mails: int
) -> None:
    with_addresses(stage, "pat")
    notices_page.choose(stage.database, stage.person("pat"), {"rejected": wanted})
    rejected(stage)
    assert send(stage, server) == mails
    assert notices_page.unread(stage.database, 1, stage.person("pat")) == 1


def test_who_has_no_address_is_told_on_the_screen_alone(stage: Stage, server: MailServer) -> None:
    rejected(stage)
    assert not notices_outbox.waits(stage.database, 1)
    assert send(stage, server) == 0
    assert notices_page.unread(stage.database, 1, stage.person("pat")) == 1


def test_what_is_old_when_a_mail_server_is_set_up_is_not_mailed(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat")
    rejected(stage)
    later = clock.now() + timedelta(days=2)
    with clock.running(lambda: later):
        assert not notices_outbox.waits(stage.database, 1)
        assert send(stage, server) == 0


# -- once a day ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("OPS-01")
def test_each_approver_gets_one_summary_at_seven_of_what_they_may_approve(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "ana", "pat", "aud")
    stage.receive(
        records.commitment(lines=[records.line("1200.00")]),
        records.commitment("SC-020", 320, lines=[records.line("34.50")]),
        records.company("Ironline Steel", 62),
    )
    stage.send()
    age(stage, SEVEN - timedelta(days=3))
    assert at(EARLY, stage, server) == 0
    assert at(SEVEN, stage, server) == 1
    [mail] = server.inbox.mails
    assert mail["To"] == "Ana <ana@example.com>"
    assert mail["Subject"] == "Cedar Ridge: 3 to decide"
    assert text_of(mail) == (
        "Ana,\n\n"
        "this waits for your decision:\n\n"
        "* Companies: 1 record, the oldest from 3 days ago\n"
        f"  {HOME}/items/company\n"
        "* Commitments: 2 records, 1,234.50 US dollars, the oldest from 3 days ago\n"
        f"  {HOME}/items/commitment\n"
        "\n"
        "-- \n"
        "Amounts are in US dollars.\n"
        "Cedar Ridge · sent by Tieout to Ana, because something waits for you; it comes at most once a day.\n"
        f"Choose what you get by mail: {HOME}/notices/\n"
    )
    assert at(SEVEN + timedelta(hours=5), stage, server) == 0, "once a day"
    assert at(SEVEN + timedelta(days=1), stage, server) == 1, "and again the next day, until it is decided"


@pytest.mark.requirement("OPS-01")
def test_nobody_gets_one_when_nothing_waits(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "ana")
    assert at(SEVEN, stage, server) == 0
    stage.receive(records.commitment())
    stage.send()
    assert at(SEVEN + timedelta(hours=1), stage, server) == 0, "the hour has passed; it waits for tomorrow"
    assert at(SEVEN + timedelta(days=1), stage, server) == 1


def test_failed_ones_and_notices_for_once_a_day_are_in_it(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat", "abe")
    notices_page.choose(stage.database, stage.person("pat"), {"rejected": "daily"})
    rejected(stage)
    with stage.database.writing() as session:
        session.execute(update(Item).where(Item.name == "Delta Concrete").values(state="failed"))
        session.execute(update(Notice).values(at=SEVEN - timedelta(hours=9)))
    age(stage, SEVEN - timedelta(days=1))
    assert at(SEVEN, stage, server) == 2
    to_abe, to_pat = sorted(server.inbox.mails, key=lambda mail: str(mail["To"]))
    assert to_abe["Subject"] == "Cedar Ridge: 1 refused by QuickBooks"
    assert "* Companies: 1 record, the oldest from yesterday" in text_of(to_abe)
    assert to_pat["Subject"] == "Cedar Ridge: 1 notice"
    assert f"* Ana rejected SC-014 ({stage.item('SC-014').title}): “{REASON}”" in text_of(to_pat)
    assert at(SEVEN + timedelta(days=1), stage, server) == 1, "Abe's again; Pat was told"


def test_who_wants_no_summary_gets_none(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "ana")
    notices_page.choose(stage.database, stage.person("ana"), {"digest": "never"})
    stage.receive(records.commitment())
    stage.send()
    assert at(SEVEN, stage, server) == 0


def test_two_workers_write_it_once(any_stage: Stage, server: MailServer) -> None:
    with_addresses(any_stage, "ana", "abe")
    any_stage.receive(records.commitment())
    any_stage.send()
    together = threading.Barrier(2)
    found = posted(any_stage, server)

    def write() -> None:
        together.wait(timeout=10)
        notices_digest.write(any_stage.database, 1, found)

    workers = [threading.Thread(target=write) for _ in range(2)]
    with clock.running(lambda: SEVEN):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=20)
    assert len(any_stage.rows(Mail)) == 2
    assert [row.mails for row in any_stage.rows(DigestDay)] == [2]


def test_killed_amid_the_daily_mails_none_is_written_and_the_next_worker_writes_all(
    stage: Stage, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_addresses(stage, "ana", "abe")
    stage.receive(records.commitment())
    stage.send()
    add, added = notices_outbox.add, []

    def die_at_the_second(unit: Work, draft: Draft, found: Post) -> bool:
        if added:
            raise Killed
        added.append(draft)
        return add(unit, draft, found)

    with monkeypatch.context() as patched:
        patched.setattr(notices_outbox, "add", die_at_the_second)
        with pytest.raises(Killed):
            at(SEVEN, stage, server)
    assert (stage.rows(Mail), stage.rows(DigestDay)) == ([], [])
    assert at(SEVEN, stage, server) == 2


def test_two_postmen_deliver_each_mail_once(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat")
    rejected(stage)
    postmen = [Postman(stage.database, posted(stage, server)) for _ in range(2)]
    rounds = [threading.Thread(target=postman.round, args=(Event(),)) for postman in postmen]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join(timeout=20)
    assert [mail["Subject"] for mail in server.inbox.mails].count("SC-014 was rejected") == 1


# -- what may go wrong ---------------------------------------------------------------------------------------------


def test_killed_between_sending_and_the_note_of_it_the_same_mail_goes_again(
    stage: Stage, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_addresses(stage, "pat")
    rejected(stage)

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(notices_outbox, "_sent", die)
        with pytest.raises(Killed):
            send(stage, server)
    assert send(stage, server) == 1
    first, second = server.inbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert text_of(first) == text_of(second)
    assert send(stage, server) == 0


def test_killed_before_sending_nothing_is_lost(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat")
    rejected(stage)
    notices_outbox.write(stage.database, 1, posted(stage, server))
    assert send(stage, server) == 1


def test_a_server_that_is_down_keeps_mails_waiting_and_says_so(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat")
    rejected(stage)
    server.close()
    Postman(stage.database, posted(stage, server)).round(Event())
    assert "The mail server 127.0.0.1 cannot be reached." in " ".join(working.look(stage.database, 1).troubles)
    assert tasks.standing(stage.database, 1)["mail"].next_at > clock.now()
    [mail] = stage.rows(Mail)
    assert (mail.tries, mail.sent_at) == (0, None)
    other = MailServer()
    try:
        assert send(stage, other) == 1
    finally:
        other.close()


def test_a_mail_put_off_is_tried_later_and_not_for_ever(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat")
    rejected(stage)
    server.inbox.answer = lambda: "451 Not now"
    assert send(stage, server) == 0
    [mail] = stage.rows(Mail)
    assert mail.next_at is not None
    assert mail.next_at > clock.now()
    assert mail.problem == "The mail server did not take it now (451). It is tried again."
    late = mail.made_at + timedelta(days=4)
    with clock.running(lambda: late):
        send(stage, server)
    assert stage.rows(Mail)[0].next_at is None, "given up"


def test_a_mail_refused_for_good_keeps_no_other_waiting(stage: Stage, server: MailServer) -> None:
    with_addresses(stage, "pat", "ana", "abe")
    stage.receive(records.commitment())
    stage.send()
    answers = iter(["550 No such person", "250 OK"])
    server.inbox.answer = lambda: next(answers)
    assert at(SEVEN, stage, server) == 1
    first, second = stage.rows(Mail)
    assert (first.next_at, first.sent_at, first.tries) == (None, None, 1)
    assert "refused it for good (550)" in first.problem
    assert second.sent_at is not None


@pytest.mark.parametrize("address", ["pat at example", "pat@example.com\r\nBcc: all@example.com", "<>"])
def test_an_address_that_is_none_gets_nothing_and_keeps_no_other_waiting(
    stage: Stage, server: MailServer, address: str
) -> None:
    with_addresses(stage, "pat", "ana")
    with stage.database.writing() as session:
        session.execute(update(User).where(User.login == "pat").values(mail=address))
    refused_by_quickbooks(stage)
    stage.act("reject", "SC-014", who="abe", reason=REASON)
    assert send(stage, server) == 1
    assert [mail["To"] for mail in server.inbox.mails] == ["Ana <ana@example.com>"]
    [left] = [mail for mail in stage.rows(Mail) if mail.sent_at is None]
    assert (left.next_at, left.problem) == (None, "Pat's mail address is none. Correct it under Users.")


# -- the mail server -----------------------------------------------------------------------------------------------


def test_a_server_elsewhere_without_encryption_gets_nothing(
    stage: Stage, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_addresses(stage, "pat")
    rejected(stage)
    monkeypatch.setattr(notices_post, "THIS_MACHINE", ())
    with pytest.raises(MailServerDown, match="offers no encryption"):
        send(stage, server)
    assert not server.inbox.mails
    relay = post(stage, f"smtp://127.0.0.1:{server.port}?starttls=no")
    assert notices_outbox.run(stage.database, 1, relay, never) == 1


@pytest.mark.requirement("SEC-01")
def test_what_the_server_says_and_the_password_are_told_nowhere(
    stage: Stage, server: MailServer, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"smtp://tieout:planted-password@127.0.0.1:{server.port}"
    found = post(stage, url)
    with pytest.raises(MailServerDown) as problem, found.carrier():
        pass
    assert "planted" not in f"{problem.value} {found!r} {found.carrier!r}"
    shown = load({"TIEOUT_SMTP_URL": url}, data_dir=stage.folder)
    assert "planted-password" not in f"{shown!r} {shown.shown()} {capfd.readouterr()}"


def test_starttls_is_used_and_an_unknown_certificate_is_not_trusted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stage.folder
    certificate, key = self_signed(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    secure = MailServer(tls_context=context, require_starttls=True)
    try:
        with_addresses(stage, "pat")
        rejected(stage)
        with pytest.raises(MailServerDown, match="certificate"):
            send(stage, secure)
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        assert send(stage, secure) == 1
    finally:
        secure.close()


def self_signed(folder: Path) -> tuple[str, str]:
    """A certificate for this machine, and its key, as files."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = [folder / name for name in ("mail.crt", "mail.key")]
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(files[0]), str(files[1])


@pytest.mark.parametrize(
    "given",
    [
        {"TIEOUT_SMTP_URL": "smtp://mail.example.com"},
        {"TIEOUT_SMTP_URL": "smtp://mail.example.com", "TIEOUT_MAIL_FROM": "a@example.com"},
        {"TIEOUT_SMTP_URL": "http://mail.example.com", "TIEOUT_MAIL_FROM": "a@b.c", "TIEOUT_PUBLIC_URL": HOME},
        {"TIEOUT_SMTP_URL": "smtp://", "TIEOUT_MAIL_FROM": "a@b.c", "TIEOUT_PUBLIC_URL": HOME},
        {"TIEOUT_SMTP_URL": "smtp://u:p@h?starttls=no", "TIEOUT_MAIL_FROM": "a@b.c", "TIEOUT_PUBLIC_URL": HOME},
    ],
)
def test_half_a_setting_is_refused_in_words(stage: Stage, given: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match="TIEOUT_"):
        post_of(load(given, data_dir=stage.folder))


def test_without_a_mail_server_there_is_no_post(stage: Stage) -> None:
    assert post_of(load({}, data_dir=stage.folder)) is None
    Postman(stage.database, None).round(Event())
    assert not stage.rows(DigestDay)
