"""Only the right company file, in a QuickBooks and a Web Connector we know, is ever written to."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.tags import Tag
from app.services import explain
from app.web_connector.qwc import OWNER_ID
from tests.by_hand import COMPANY_PATH
from tests.faults.walks import ORDER
from tests.support import Stage


@pytest.mark.requirement("CFG-09")
def test_a_company_file_of_another_connection_is_refused(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    stage.company.register_application(OWNER_ID, "{11111111-1111-4111-8111-111111111111}")
    report = stage.run()
    assert report.requests_seen == []
    assert "Wrong company file" in report.sentence
    assert stage.states()["SC-014"] == "queued"
    stage.company.register_application(OWNER_ID, stage.connection.file_id)
    stage.must_settle()


def test_the_right_file_at_another_path_is_refused_until_somebody_confirms(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    report = stage.connector(company_path=r"D:\Copy\Cedar.qbw").run()
    assert report.requests_seen == []
    assert r"D:\Copy\Cedar.qbw is open" in report.sentence
    assert COMPANY_PATH in report.sentence
    stage.must_settle()


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ({"edition": "UK"}, "United Kingdom is not supported"),
        ({"product": "QuickBooks Pro 2021", "major": "31"}, "supported are QuickBooks Desktop 2022 to 2024"),
        ({"product": "QuickBooks for Mac 2023", "major": "33"}, "not supported"),
        ({"product": "QuickBooks Online Edition", "major": "33"}, "QuickBooks Online cannot be used"),
        ({"product": "QuickBooks Pro 2023", "major": "33", "versions": ["99.0"]}, "names no qbXML version"),
    ],
    ids=["UK", "2021", "Mac", "Online", "no version"],
)
def test_an_unsupported_quickbooks_is_refused_in_words(stage: Stage, host: dict[str, Any], says: str) -> None:
    stage.approve(*ORDER.taken)
    stage.company.change_host(**host)
    hcp = stage.company.hcp(OWNER_ID, stage.connection.file_id)
    connector = stage.by_hand()
    connector.authenticate()
    assert connector.send(hcp=hcp, country=str(host.get("edition", "US"))) == ""
    assert says in connector.last_error()
    connector.close()
    assert stage.states()["SC-014"] == "queued"
    [event] = [event for event in stage.events(Tag.WC_REFUSED) if says in event.get("sentence", "")]
    assert event["session"]


@pytest.mark.parametrize(
    "product", ["QuickBooks Pro 2022", "QuickBooks Premier: Contractor Edition 2023", "QuickBooks Accountant 2024"]
)
def test_supported_editions_go_on(stage: Stage, product: str) -> None:
    stage.approve(*ORDER.taken)
    stage.company.change_host(product=product)
    assert stage.run().outcome == "done"
    assert stage.states()["SC-014"] == "synced"


@pytest.mark.requirement("ENV-07")
def test_before_quickbooks_said_what_it_is_nothing_is_served_and_the_item_says_so(stage: Stage) -> None:
    stage.forget_host()
    stage.approve(*ORDER.taken)
    assert stage.states()["SC-014"] == "queued"
    told = explain.explain(stage.database, stage.connection_id, stage.item("SC-014").id)
    assert "No Web Connector session has told yet which QuickBooks this is; nothing leaves before." in told.notes
    stage.company.change_host(edition="UK")
    stage.run()
    assert stage.sets() == []
    told = explain.explain(stage.database, stage.connection_id, stage.item("SC-014").id)
    assert any("United Kingdom is not supported" in note for note in told.notes)
    stage.company.change_host(edition="US")
    stage.must_settle()
    assert stage.states()["SC-014"] == "synced"


def test_an_upgrade_between_sessions_is_noticed(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    stage.company.change_host(product="QuickBooks Pro 2021", major="31")
    stage.run()
    assert stage.connection.host["supported"] is False
    stage.company.change_host(product="QuickBooks Pro 2024", major="34")
    stage.must_settle()
    assert stage.connection.host["supported"] is True


@pytest.mark.parametrize("hcp", ["", "<QBXML>", "<!DOCTYPE x><QBXML/>", "<QBXML><QBXMLMsgsRs/></QBXML>"], ids=repr)
def test_a_quickbooks_that_does_not_introduce_itself_is_refused(stage: Stage, hcp: str) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.authenticate()
    assert connector.send(hcp=hcp) == ""
    assert len(connector.last_error()) > 30
    connector.close()
    stage.must_settle()


@pytest.mark.parametrize("version", ["30.0.10000.1", "2.3.0.215", "not a version"])
def test_an_old_web_connector_is_turned_away_before_anything_opens(stage: Stage, version: str) -> None:
    stage.approve(*ORDER.taken)
    report = stage.connector(client_version=version).run()
    assert report.outcome == "refused"
    assert "Web Connector" in report.sentence
    assert stage.by_hand().call("clientVersion", ("strVersion", version)).startswith("E:")


@pytest.mark.parametrize("version", ["34.0.1001.27", "34.0.9999.99", "35.1"])
def test_a_supported_or_newer_web_connector_goes_on_without_a_dialog(stage: Stage, version: str) -> None:
    stage.approve(*ORDER.taken)
    assert stage.connector(client_version=version).run().outcome == "done"
    assert stage.by_hand().call("clientVersion", ("strVersion", version)) == ""
