"""How the connection is run: settings, permissions, people, what syncs, and the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.admin.access import connection_id, me
from app.admin.api.routes import Family, database
from app.admin.api.shapes import (
    LONG,
    Asked,
    Choice,
    Shape,
    done,
    many,
    moment,
    storable,
    text,
    texts,
    words,
    yes_no,
)
from app.rulebook.access import LEVELS
from app.services import connections, permissions, refusals
from app.services.permissions import Change, Matrix, Shown

family = Family("office", "How the connection is run: settings, permissions, and what is not supported.")
Body = Mapping[str, Any]


# -- settings ------------------------------------------------------------------------------------------------------


class SettingShape(Shape):
    """One setting."""

    name = text("As a change names it.", "setting.name")
    group = text("Where it belongs.", "setting.group")
    label = text("What people call it.", "setting.label")
    help = text("What it does.", "setting.help")
    form = text("What it looks like.", "setting.form")
    value = text("Its value as text: yes and no for what is on or off; empty where nobody chose.", "plain")
    record = text("The full name of the QuickBooks record it names; empty where it names none.")
    trouble = text("Why that record cannot be used as it stands; empty where it can.")
    options = many(Choice, "What may be chosen, where it is not free.")
    right = text("The right that changing it asks for.", "setting.right")
    changed_by = text("Who changed it last.")
    changed_at = moment("When.")


class SettingsShape(Shape):
    """All settings."""

    settings = many(SettingShape, "In the order of the page.")


class Changes(Asked):
    """Settings to change."""

    values = fields.Dict(
        keys=fields.String(validate=[validate.Length(max=80), storable]),
        values=fields.String(validate=[validate.Length(max=LONG), storable]),
        required=True,
        metadata={"description": "New values by name, as text; what is not named stays."},
    )
    reason = words("Why; a choice made for good needs one.")


class ChangedShape(Shape):
    """What was changed."""

    changed = texts("The settings that changed.")


@family.get("/settings", "Settings", gives=SettingsShape)
def settings() -> Any:
    """Every setting of the connection, with what it may be and who changed it last."""
    groups = connections.settings_page(database(), connection_id())
    return {"settings": [one for group in groups.values() for one in group]}


@family.post("/settings", "Change settings", takes=Changes, gives=ChangedShape)
def change_settings(body: Body) -> Any:
    """All of them or none: what is unknown or does not fit is refused, and nothing is changed."""
    changed = connections.change_settings_as(database(), connection_id(), me(), body["values"], reason=body["reason"])
    return {"changed": list(changed)}


# -- people --------------------------------------------------------------------------------------------------------


class PermissionShape(Shape):
    """One row of the permissions."""

    name = text("Its name.", "row.name")
    action = text("What it is about.", "row.action")
    marks = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "What each level may, by level."}
    )
    extra = text("What is asked beside the level.")
    not_available = text("Why nobody can have it with QuickBooks Desktop; empty where somebody can.")
    missing = text("What this person lacks; empty where nothing.")

    def get_marks(self, row: Shown) -> dict[str, str]:
        return dict(row.marks)


class PersonShape(Shape):
    """One person and what they hold."""

    login = text("By what they sign in.", "user.login")
    name = text("Their name.", "user.name")
    level = text("Their level on ERP Integrations.")
    roles = text("The roles it was made of.", "as_roles")
    privileges = texts("Their privileges.")
    tools = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        attribute="access.tools",
        metadata={"description": "Their levels on Procore's other tools."},
    )
    rights = texts("Their rights of their own.")
    changed_by = text("Who gave it to them.")

    def get_privileges(self, holder: Any) -> list[str]:
        return sorted(holder.access.privileges)

    def get_rights(self, holder: Any) -> list[str]:
        return sorted(holder.access.rights)


class MatrixShape(Shape):
    """The permissions as they are enforced."""

    profile = text("The profile in force.")
    rows = many(PermissionShape, "Row by row.")
    people = many(PersonShape, "Who holds what.", "holders")


class MeShape(Shape):
    """Who asks."""

    login = text("By what they sign in.")
    name = text("Their name.")
    connection = text("The connection the token is for.")


def _flags(about: str) -> fields.Dict:
    names = fields.String(validate=[validate.Length(max=80), storable])
    return fields.Dict(keys=names, values=fields.Boolean(), load_default=None, metadata={"description": about})


class Access(Asked):
    """What to change of what a person holds; what is not said stays."""

    level = fields.String(
        load_default=None, validate=validate.OneOf(list(LEVELS)), metadata={"description": "On ERP Integrations."}
    )
    privileges = _flags("true gives, false takes, by name.")
    rights = _flags("true gives, false takes, by name.")
    tools = fields.Dict(
        keys=fields.String(validate=[validate.Length(max=80), storable]),
        values=fields.String(validate=validate.OneOf(list(LEVELS))),
        load_default=None,
        metadata={"description": "Levels on Procore's other tools, by name."},
    )


class HeldShape(Shape):
    """What a person holds from now on."""

    level = text("Their level on ERP Integrations.")
    privileges = texts("Their privileges.")
    tools = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "Their levels on other tools."}
    )
    rights = texts("Their rights.")


@family.get("/me", "Who asks", gives=MeShape)
def who() -> Any:
    """The person whose token it is, and the connection it is for."""
    name = connections.get(database(), connection_id()).name
    return {"login": me().login, "name": me().name, "connection": name}


@family.get("/permissions", "Permissions and people", gives=MatrixShape)
def matrix() -> Matrix:
    """Every row as it is enforced, what this person lacks for it, and who holds what."""
    return permissions.matrix(database(), connection_id(), me())


@family.post("/people/<login>/access", "Give and take", takes=Access, gives=HeldShape)
def change_access(login: str, body: Body) -> Any:
    """Change what a person holds on this connection; nobody changes their own access."""
    after = permissions.change_access(database(), connection_id(), me(), login, Change(**body))
    return permissions.plain(after)


# -- what syncs ----------------------------------------------------------------------------------------------------


class RefusedShape(Shape):
    """Something that is not supported."""

    id = text("As paths name it.", "refused.id")
    group = text("Where it belongs.", "refused.group")
    label = text("What people call it.", "refused.label")
    sentence = text("Why it is not supported.", "refused.sentence")
    what_to_do = text("What to do instead.", "refused.what_to_do")
    open = yes_no("Whether it is open on this connection all the same.")


class CatalogueShape(Shape):
    """Everything that is not supported."""

    entries = many(RefusedShape, "Each of them.")


@family.get("/what-syncs", "What does not sync", gives=CatalogueShape)
def what_syncs() -> Any:
    """The catalogue of what is not supported; /kinds has what is."""
    groups = refusals.listed(database(), connection_id())
    return {"entries": [one for group in groups.values() for one in group]}


@family.post("/what-syncs/<what>", "Try what is not supported")
def attempt(what: str) -> dict[str, str]:
    """Answers with the catalogue's words; the attempt is on the trail."""
    refusals.refuse(database(), connection_id(), me().name, what)
    return done("This is open on this connection.")
