"""Webhooks from the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from tests.cli import conftest as commands
from tests.cli.conftest import Tieout
from tests.hooks.test_end_to_end import serve

tieout, built, folder = commands.tieout, commands.built, commands.folder  # fixtures
pytestmark = pytest.mark.usefixtures("folder")
URL = "https://tieout.example.com"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A Procore that the commands reach."""
    found = Store(":memory:")
    found.seed(HALVORSEN)
    address, close = serve(create_procore(found, sending=False))
    for name in ("API_URL", "LOGIN_URL"):
        monkeypatch.setenv(f"TIEOUT_PROCORE_{name}", address)
    monkeypatch.setenv("TIEOUT_PROCORE_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("TIEOUT_PROCORE_CLIENT_SECRET", CLIENT_SECRET)
    yield found
    close()
    found.close()


@pytest.mark.requirement("SEC-01")
def test_hooks_are_made_shown_and_given_a_new_secret_which_nobody_sees(tieout: Tieout, store: Store) -> None:
    said = [tieout("procore", "hooks", "show").out]
    assert "no hook" in said[0]
    said.append(tieout("procore", "hooks", "repair", "--url", URL, "--dry-run").out)
    assert said[1].startswith("Nothing was changed. This would be done:\n")
    assert store.all("webhooks_hooks") == []
    said.append(tieout("procore", "hooks", "repair", "--url", URL).out)
    secrets = [store.all("webhooks_hooks")[0]["destination_headers"]["Authorization"]]
    said.append(tieout("procore", "hooks", "show").out)
    assert "As it should be                  yes" in said[-1]
    assert "Failed deliveries                none" in said[-1]
    again = tieout("procore", "hooks", "repair").out
    assert again == "Everything is as it should be; nothing was changed.\n"
    said.append(tieout("procore", "hooks", "repair", "--rotate").out)
    secrets.append(store.all("webhooks_hooks")[0]["destination_headers"]["Authorization"])
    said.append(tieout("procore", "hooks", "show").out)
    assert "Old secret let in until          2" in said[-1]
    assert secrets[0] != secrets[1]
    said.append(tieout("audit", "export").out)
    assert "person:hooks:repaired" in said[-1]
    for secret in secrets:
        assert secret.removeprefix("Bearer ") not in "".join(said)


def test_without_an_address_one_sentence_says_what_is_missing(tieout: Tieout, store: Store) -> None:
    said = tieout("procore", "hooks", "repair")
    assert said.code == 1
    assert "--url" in said.err
    assert "Traceback" not in said.err
