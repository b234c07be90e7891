"""The page about adding a kind is done live: its files go into a copy of the program, run there, and go away again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

PAGE = DOCS / "add-a-kind.md"
FILE = re.compile(r"^### `(?P<path>[^`]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.M | re.S)
#: What a kind needs by the page's own words, and what it needs to be tried.
NEEDED = {
    "app/items/types/project_manager.py",
    "qbxml_templates/project_manager.xml.j2",
    "rules/project_manager.yaml",
}
TO_TRY = {
    "rules/tests/project_manager.yaml",
    "app/sandbox/quickbooks/families/classes.py",
    "tests/items/test_project_manager.py",
}
PARTS = ("app", "rules", "state_machines", "qbxml_templates", "tests", "setup.cfg", "pyproject.toml", "wsgi.py")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program without what belongs to a run."""
    root = tmp_path_factory.mktemp("copy")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, root / part)
    return root


def _files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def _run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    for name in [name for name in environment if name.startswith(("PYTEST", "TIEOUT"))]:
        del environment[name]
    return subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def test_a_kind_is_three_files_and_works(copy: Path) -> None:
    before = _files(copy)
    blocks = {match["path"]: match["text"] for match in FILE.finditer(PAGE.read_text(encoding="utf-8"))}
    assert blocks.keys() == NEEDED | TO_TRY
    for path, text in blocks.items():
        assert not (copy / path).exists(), f"{path} would overwrite a file"
        (copy / path).write_text(text, encoding="utf-8")
    assert _files(copy).keys() - before.keys() == NEEDED | TO_TRY

    sent = _run(copy, "-c", "from app.items import registry; print(registry.kind('project_manager').plural)")
    assert sent.stdout.strip() == "Project managers", sent.stderr
    for command in ("check", "test"):
        rules = _run(copy, "-m", "app.cli.main", "rules", command)
        assert rules.returncode == 0, rules.stdout + rules.stderr
    tests = _run(copy, "-m", "pytest", "-p", "no:cacheprovider", "tests/items/test_project_manager.py")
    assert tests.returncode == 0, tests.stdout[-3000:] + tests.stderr[-1000:]
    assert "2 passed" in tests.stdout

    for path in blocks:
        (copy / path).unlink()
    assert _files(copy) == before


def test_no_shipped_kind_sends_what_the_example_sends() -> None:
    templates = (ROOT / "qbxml_templates").glob("*.j2")
    assert not [path.name for path in templates if "ClassAddRq" in path.read_text(encoding="utf-8")]
