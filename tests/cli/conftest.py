"""An installation of one's own, and the command as a person runs it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import main
from app.services import intake
from app.settings import load
from tests import records


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Tieout = Callable[..., Said]


@pytest.fixture
def tieout(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Tieout:
    """`tieout` with these arguments, in this process, far from anybody's data."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["tieout", *map(str, arguments)])
        try:
            main.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one connection, Ana, Pat and Ike, and five records of Procore."""
    from app.factory import build
    from app.services import connections, people, rules_versions

    folder = tmp_path_factory.mktemp("built")
    services = build(load({}, data_dir=folder))
    version = rules_versions.store(services.database, services.settings.rules_dir, "tests")
    added = connections.add(
        services.database, "Cedar Ridge", "5021", rules_version=version, actor="tests", user="cedar",
        password="right password", settings={"cost_code_list_id": records.COST_CODE_LIST}, cut_off=records.CUT_OFF,
    )  # fmt: skip
    for login, role in (("ana", "approver"), ("pat", "project_manager"), ("ike", "specialist")):
        people.add_user(services.database, login, login.title(), "secret words", actor="tests")
        people.give_role(services.database, login, added.id, role, actor="tests")
    intake.take(services.database, added.id, [*records.basics(), records.commitment()])
    services.database.dispose()
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which every command takes for its own."""
    copy = Path(shutil.copytree(built, tmp_path / "data"))
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(copy))
    return copy
