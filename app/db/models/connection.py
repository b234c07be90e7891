"""A connection, the people who work on it, and the rules in force there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, BigKey
from app.items import posting


class Connection(Base):
    """One Procore company, one QuickBooks company file, one Web Connector user."""

    __tablename__ = "connection"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str]
    procore_company_id: Mapped[str]
    web_connector_user: Mapped[str] = mapped_column(String(80), unique=True)
    web_connector_password: Mapped[str]  # argon2 hash
    file_id: Mapped[str]
    company_file: Mapped[str] = mapped_column(default="")  # the path first seen; another one is refused
    live: Mapped[bool] = mapped_column(default=False)  # before Go live only queries leave
    paused: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]]
    settings_changed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # who changed each last, and when
    host: Mapped[dict[str, Any]]  # what QuickBooks and the Web Connector last said of themselves
    rules_version: Mapped[str | None] = mapped_column(ForeignKey("rules_version.id"))
    last_set_id: Mapped[str] = mapped_column(default="")  # the last write set whose answer we committed
    restored_from: Mapped[datetime | None]  # this database is a copy made then: QuickBooks may hold more than it knows
    wrong_passwords: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    old_password: Mapped[str] = mapped_column(default="")  # hash: still let in until the new one was used once, or
    old_password_until: Mapped[datetime | None]  # until then
    contact_at: Mapped[datetime | None]  # when a Web Connector last asked for work, whether or not there was any
    setup: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what set-up was told: value, by whom, when
    connected_at: Mapped[datetime]

    @property
    def zone(self) -> str:
        """The company's own time zone."""
        return posting.zone(self.settings)


class User(Base):
    """A person who signs in."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str]
    password: Mapped[str] = mapped_column(default="")  # argon2 hash; empty: none yet, nothing fits it
    wrong_passwords: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=0)  # raised, everybody signed in as this person is out
    link: Mapped[str] = mapped_column(String(64), default="")  # SHA-256 of the link that sets a password once
    link_until: Mapped[datetime | None]
    mail: Mapped[str] = mapped_column(String(254), default="")  # where notices go; empty: nowhere
    active: Mapped[bool] = mapped_column(default=True)


class PersonAccess(Base):
    """What a person holds on one connection."""

    __tablename__ = "person_access"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    roles: Mapped[list[Any]]  # the bundles it was made of
    level: Mapped[str] = mapped_column(String(20))  # of the ERP Integrations tool
    privileges: Mapped[list[Any]]
    tools: Mapped[dict[str, Any]]  # levels of Procore's other tools
    rights: Mapped[list[Any]]  # of their own: user administration, rule activation …
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class ApiToken(Base):
    """By which a program asks in a person's name on one connection."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    name: Mapped[str] = mapped_column(String(80))  # what the person calls it
    hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256: the token is chance, it needs no slow hash
    round: Mapped[int]  # of the person's sign-ins, when it was made: it ends with that
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # to a few minutes
    revoked_at: Mapped[datetime | None]


class RulesVersion(Base):
    """One content-addressed pack of rule files."""

    __tablename__ = "rules_version"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    files: Mapped[dict[str, Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class RulesDraft(Base):
    """A version somebody proposes for a connection: it decides nothing until it is activated."""

    __tablename__ = "rules_draft"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), index=True)
    version: Mapped[str] = mapped_column(ForeignKey("rules_version.id"))
    base: Mapped[str] = mapped_column(ForeignKey("rules_version.id"))  # in force when it was begun
    state: Mapped[str] = mapped_column(String(20), default="open")  # open, activated, dropped
    author: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]  # of its last change
    approved_by: Mapped[str] = mapped_column(default="")  # of exactly this version; a change of it needs another look
    approved_reason: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]


class RulesActivation(Base):
    """Which pack decided from when on: the versions of a connection, numbered from one."""

    __tablename__ = "rules_activation"
    __table_args__ = (UniqueConstraint("connection_id", "number"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), index=True)
    number: Mapped[int]
    version: Mapped[str] = mapped_column(ForeignKey("rules_version.id"))
    former: Mapped[int | None]  # the number whose content decides again
    author: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    reason: Mapped[str]
    failures: Mapped[int] = mapped_column(default=0)  # examples that did not pass, and were overridden
    at: Mapped[datetime]
