"""Settings of the service, read from the environment; `tieout doctor` prints them all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    Setting(
        "TIEOUT_PROCORE_ENVIRONMENT",
        "Which Procore: production (the default), sandbox, monthly_sandbox or on_demand_sandbox.",
    ),
    Setting("TIEOUT_PROCORE_API_URL", "Procore's API, if not that of the environment."),
    Setting("TIEOUT_PROCORE_LOGIN_URL", "Procore's log-in, if not that of the environment."),
    Setting("TIEOUT_PROCORE_CLIENT_ID", "The app's client id at Procore."),
    Setting("TIEOUT_PROCORE_CLIENT_SECRET", "The app's client secret at Procore.", secret=True),
    Setting(
        "TIEOUT_PROCORE_SIGN_IN",
        "on: people may sign in with Procore. The app's redirect address there is …/log-in/procore/back.",
    ),
    Setting(
        "TIEOUT_SESSION_HOURS",
        "Whoever does nothing for so many hours is signed out: 12 unless set, at most 168. After 7 days everybody is.",
    ),
    Setting("TIEOUT_METRICS_TOKEN", "Who sends it as a bearer token may read /metrics; else nobody.", secret=True),
    Setting(
        "TIEOUT_PUBLIC_URL",
        "The address people and the Web Connector reach Tieout under, such as https://tieout.example.com: for links in "
        "mails, the .qwc file and the self-test.",
    ),
    Setting(
        "TIEOUT_SMTP_URL",
        "Mail server for notices: smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465. Without "
        "it notices stand on the screen alone.",
    ),
    Setting("TIEOUT_MAIL_FROM", "The address mails come from, such as Tieout <tieout@example.com>."),
    Setting("TIEOUT_RULES_DIR", "Folder with rule files. Default: the shipped rules/"),
)


#: Procore's environments: the API's address and the log-in's. An on-demand sandbox is a company inside production.
PROCORE = {
    "production": ("https://api.procore.com", "https://login.procore.com"),
    "sandbox": ("https://sandbox.procore.com", "https://login-sandbox.procore.com"),
    "monthly_sandbox": ("https://api-monthly.procore.com", "https://login-sandbox-monthly.procore.com"),
    "on_demand_sandbox": ("https://api.procore.com", "https://login.procore.com"),
}


#: Nobody stays signed in for longer than a week, so no limit beyond would mean anything.
MOST_HOURS = 168


class BadSetting(ValueError):
    """A setting has a value that means nothing."""


@dataclass(frozen=True)
class Settings:
    """The settings in force."""

    data_dir: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    procore_environment: str
    procore_api_url: str
    procore_login_url: str
    procore_client_id: str
    procore_client_secret: str = field(repr=False)
    rules_dir: Path
    templates_dir: Path = PACKAGE_ROOT / "qbxml_templates"
    procore_sign_in: bool = False
    metrics_token: str = field(default="", repr=False)
    public_url: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    session_hours: int = 12

    def shown(self) -> list[tuple[str, str, str]]:
        """Name, value (secrets masked) and meaning of every setting."""
        values = {
            "TIEOUT_DATA_DIR": str(self.data_dir),
            "TIEOUT_DATABASE_URL": _without_password(self.database_url),
            "TIEOUT_SECRET_KEY": self.secret_key,
            "TIEOUT_PROCORE_ENVIRONMENT": self.procore_environment,
            "TIEOUT_PROCORE_API_URL": self.procore_api_url,
            "TIEOUT_PROCORE_LOGIN_URL": self.procore_login_url,
            "TIEOUT_PROCORE_CLIENT_ID": self.procore_client_id,
            "TIEOUT_PROCORE_CLIENT_SECRET": self.procore_client_secret,
            "TIEOUT_PROCORE_SIGN_IN": "on" if self.procore_sign_in else "",
            "TIEOUT_SESSION_HOURS": str(self.session_hours),
            "TIEOUT_METRICS_TOKEN": self.metrics_token,
            "TIEOUT_PUBLIC_URL": self.public_url,
            "TIEOUT_SMTP_URL": _without_password(self.smtp_url),
            "TIEOUT_MAIL_FROM": self.mail_from,
            "TIEOUT_RULES_DIR": str(self.rules_dir),
        }
        return [(s.name, _masked(values[s.name]) if s.secret else values[s.name], s.help) for s in ALL]


def load(environment: Mapping[str, str] = os.environ, data_dir: Path | None = None) -> Settings:
    """Read the environment; makes the data folder and the secret key where they are missing."""
    folder = (data_dir or Path(environment.get("TIEOUT_DATA_DIR", "data"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    procore, (api_url, login_url) = _procore(environment.get("TIEOUT_PROCORE_ENVIRONMENT") or "production")
    return Settings(
        data_dir=folder,
        database_url=environment.get("TIEOUT_DATABASE_URL") or f"sqlite:///{folder / 'tieout.db'}",
        secret_key=environment.get("TIEOUT_SECRET_KEY") or _kept_key(folder / "secret_key"),
        procore_environment=procore,
        procore_api_url=environment.get("TIEOUT_PROCORE_API_URL") or api_url,
        procore_login_url=environment.get("TIEOUT_PROCORE_LOGIN_URL") or login_url,
        procore_client_id=environment.get("TIEOUT_PROCORE_CLIENT_ID", ""),
        procore_client_secret=environment.get("TIEOUT_PROCORE_CLIENT_SECRET", ""),
        rules_dir=Path(environment.get("TIEOUT_RULES_DIR", PACKAGE_ROOT / "rules")),
        procore_sign_in=environment.get("TIEOUT_PROCORE_SIGN_IN", "").lower() in {"on", "yes", "true", "1"},
        metrics_token=environment.get("TIEOUT_METRICS_TOKEN", ""),
        public_url=environment.get("TIEOUT_PUBLIC_URL", ""),
        smtp_url=environment.get("TIEOUT_SMTP_URL", ""),
        mail_from=environment.get("TIEOUT_MAIL_FROM", ""),
        session_hours=_hours(environment.get("TIEOUT_SESSION_HOURS") or "12"),
    )


def _hours(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and 1 <= int(said) <= MOST_HOURS):
        raise BadSetting(f"TIEOUT_SESSION_HOURS is “{said}”, and must be a whole number from 1 to {MOST_HOURS}.")
    return int(said)


def _procore(environment: str) -> tuple[str, tuple[str, str]]:
    if environment not in PROCORE:
        known = ", ".join(PROCORE)
        raise BadSetting(
            f"TIEOUT_PROCORE_ENVIRONMENT is “{environment}”, which is none of Procore's environments. Set it to one of "
            f"{known}, or leave it out for production."
        )
    return environment, PROCORE[environment]


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
