"""Fixtures of the Web Connector tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web_connector.fake import FakeConversation, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(FakeConversation()) as site:
        yield site


@pytest.fixture
def shared() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "quickbooks"
    if not folder.is_dir():
        pytest.skip("the captured conversations of ../shared are not on this machine")
    return folder
