"""What whoever looks after a connection may set right."""

from __future__ import annotations

from app.services import connections
from tests.faults.walks import ORDER
from tests.support import Stage

MOVED = r"D:\Moved\Cedar.qbw"


def test_a_file_moved_on_purpose_is_written_once_confirmed(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    refused = stage.connector(company_path=MOVED).run()
    assert "tieout connection company-file" in refused.sentence
    connections.confirm_file(stage.database, stage.connection_id, MOVED, actor="test")
    assert stage.connector(company_path=MOVED).run().outcome == "done"
    assert stage.states()["SC-014"] == "synced"


def test_a_new_password_works_and_the_old_one_no_longer(stage: Stage) -> None:
    password = connections.new_password(stage.database, stage.connection_id, actor="test")
    stage.approve(*ORDER.taken)
    assert stage.by_hand().authenticate()[1] == "nvu"
    assert stage.by_hand().authenticate(password)[1] == ""
