"""Settings as an installation gives them: which Procore is meant, and no secret in what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import BadSetting, load


@pytest.mark.parametrize(
    ("word", "api", "log_in"),
    [
        ("", "https://api.procore.com", "https://login.procore.com"),
        ("production", "https://api.procore.com", "https://login.procore.com"),
        ("on_demand_sandbox", "https://api.procore.com", "https://login.procore.com"),
        ("sandbox", "https://sandbox.procore.com", "https://login-sandbox.procore.com"),
        ("monthly_sandbox", "https://api-monthly.procore.com", "https://login-sandbox-monthly.procore.com"),
    ],
)
def test_a_word_names_procores_addresses(tmp_path: Path, word: str, api: str, log_in: str) -> None:
    found = load({"TIEOUT_PROCORE_ENVIRONMENT": word}, data_dir=tmp_path)
    assert (found.procore_api_url, found.procore_login_url) == (api, log_in)


def test_an_address_of_its_own_stands_above_the_environments(tmp_path: Path) -> None:
    given = {"TIEOUT_PROCORE_ENVIRONMENT": "sandbox", "TIEOUT_PROCORE_API_URL": "http://127.0.0.1:9"}
    found = load(given, data_dir=tmp_path)
    assert (found.procore_api_url, found.procore_login_url) == (
        "http://127.0.0.1:9",
        "https://login-sandbox.procore.com",
    )


def test_a_word_that_means_nothing_is_refused_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"“staging”.*monthly_sandbox"):
        load({"TIEOUT_PROCORE_ENVIRONMENT": "staging"}, data_dir=tmp_path)


def test_sessions_end_after_twelve_hours_unless_another_number_of_them_is_set(tmp_path: Path) -> None:
    assert load({}, data_dir=tmp_path).session_hours == 12
    assert load({"TIEOUT_SESSION_HOURS": "1"}, data_dir=tmp_path).session_hours == 1
    for wrong in ("0", "169", "-1", "twelve", "1.5"):
        with pytest.raises(BadSetting, match="from 1 to 168"):
            load({"TIEOUT_SESSION_HOURS": wrong}, data_dir=tmp_path)


@pytest.mark.requirement("SEC-01")
def test_settings_do_not_tell_their_secrets(tmp_path: Path) -> None:
    given = {
        "TIEOUT_SECRET_KEY": "planted-key",
        "TIEOUT_PROCORE_CLIENT_SECRET": "planted-secret",
        "TIEOUT_DATABASE_URL": "postgresql://tieout:planted-password@127.0.0.1/tieout",
    }
    found = load(given, data_dir=tmp_path)
    assert "planted" not in f"{found!r} {found} {found.shown()}"
