"""Settings of the service, read from the environment; `tieout doctor` prints them all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """One environment variable."""

    name: str
    help: str
    secret: bool = False


ALL = (
    Setting("TIEOUT_DATA_DIR", "Folder for the database and everything else that is kept. Default: ./data"),
    Setting("TIEOUT_DATABASE_URL", "Database; default an SQLite file in the data folder. PostgreSQL: postgresql://…"),
    Setting("TIEOUT_SECRET_KEY", "Signs session cookies; made and kept in the data folder when not set.", secret=True),
    Setting("TIEOUT_PROCORE_API_URL", "Procore's API. Default: https://api.procore.com"),
    Setting("TIEOUT_PROCORE_LOGIN_URL", "Procore's log-in. Default: https://login.procore.com"),
    Setting("TIEOUT_PROCORE_CLIENT_ID", "The app's client id at Procore."),
    Setting("TIEOUT_PROCORE_CLIENT_SECRET", "The app's client secret at Procore.", secret=True),
    Setting("TIEOUT_RULES_DIR", "Folder with rule files. Default: the shipped rules/"),
)


@dataclass(frozen=True)
class Settings:
    """The settings in force."""

    data_dir: Path
    database_url: str
    secret_key: str
    procore_api_url: str
    procore_login_url: str
    procore_client_id: str
    procore_client_secret: str
    rules_dir: Path
    templates_dir: Path = PACKAGE_ROOT / "qbxml_templates"

    def shown(self) -> list[tuple[str, str, str]]:
        """Name, value (secrets masked) and meaning of every setting."""
        values = {
            "TIEOUT_DATA_DIR": str(self.data_dir),
            "TIEOUT_DATABASE_URL": _without_password(self.database_url),
            "TIEOUT_SECRET_KEY": self.secret_key,
            "TIEOUT_PROCORE_API_URL": self.procore_api_url,
            "TIEOUT_PROCORE_LOGIN_URL": self.procore_login_url,
            "TIEOUT_PROCORE_CLIENT_ID": self.procore_client_id,
            "TIEOUT_PROCORE_CLIENT_SECRET": self.procore_client_secret,
            "TIEOUT_RULES_DIR": str(self.rules_dir),
        }
        return [(s.name, _masked(values[s.name]) if s.secret else values[s.name], s.help) for s in ALL]


def load(environment: Mapping[str, str] = os.environ, data_dir: Path | None = None) -> Settings:
    """Read the environment; makes the data folder and the secret key where they are missing."""
    folder = (data_dir or Path(environment.get("TIEOUT_DATA_DIR", "data"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return Settings(
        data_dir=folder,
        database_url=environment.get("TIEOUT_DATABASE_URL") or f"sqlite:///{folder / 'tieout.db'}",
        secret_key=environment.get("TIEOUT_SECRET_KEY") or _kept_key(folder / "secret_key"),
        procore_api_url=environment.get("TIEOUT_PROCORE_API_URL", "https://api.procore.com"),
        procore_login_url=environment.get("TIEOUT_PROCORE_LOGIN_URL", "https://login.procore.com"),
        procore_client_id=environment.get("TIEOUT_PROCORE_CLIENT_ID", ""),
        procore_client_secret=environment.get("TIEOUT_PROCORE_CLIENT_SECRET", ""),
        rules_dir=Path(environment.get("TIEOUT_RULES_DIR", PACKAGE_ROOT / "rules")),
    )


def _kept_key(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


def _masked(value: str) -> str:
    return "set, not shown" if value else "not set"


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    if not at or "://" not in head:
        return url
    scheme, _, who = head.partition("://")
    return f"{scheme}://{who.split(':')[0]}:***@{tail}"
