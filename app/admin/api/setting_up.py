"""Set-up: its steps, and what each is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.admin.access import connection_id, me
from app.admin.api.connection import PasswordShape
from app.admin.api.routes import Family, database
from app.admin.api.shapes import Asked, Shape, done, many, moment, storable, text, yes_no
from app.services import connections, setup

family = Family("setup", "Setting the connection up, step by step; nothing is written to QuickBooks before Go live.")


class SetupStepShape(Shape):
    """One step of set-up."""

    name = text("As paths name it.", "step.name")
    title = text("What people call it.", "step.title")
    why = text("What it is for.", "step.why")
    done = yes_no("Whether it is done.")
    skipped = text("Why there is nothing to do; empty where there is.")
    by = text("Who answered it last.")
    at = moment("When.")


class SetupShape(Shape):
    """Set-up as it stands."""

    here = text("The first step that is not done.", "here.step.name")
    live = yes_no("Whether the connection is live, and set-up over.", "facts.connection.live")
    steps = many(SetupStepShape, "All steps in their order.")


class Answers(Asked):
    """What a step is told."""

    answers = fields.Dict(
        keys=fields.String(validate=[validate.Length(max=120), storable]),
        values=fields.String(validate=[validate.Length(max=400), storable]),
        required=True,
        metadata={"description": "As the form of the step has them: name and value; `yes` for what is ticked."},
    )


@family.get("/setup", "Set-up", gives=SetupShape)
def standing() -> Any:
    """Every step, and whether it is done."""
    return setup.page(database(), connection_id(), me())


@family.post("/setup/<step>", "Answer a step of set-up", takes=Answers, gives=SetupShape)
def answer(step: str, body: Mapping[str, Any]) -> Any:
    """All of what is told is kept, or nothing."""
    setup.answer(database(), connection_id(), me(), step, body["answers"])
    return setup.page(database(), connection_id(), me())


@family.post("/setup/file/password", "The first password", gives=PasswordShape)
def first_password() -> Any:
    """The password of the Web Connector user, told once, in this answer."""
    told = setup.new_password(database(), connection_id(), me())
    return {"user": connections.get(database(), connection_id()).web_connector_user, "password": told}


@family.post("/setup/readiness/again", "Read the preferences again")
def read_again() -> dict[str, str]:
    """QuickBooks' preferences are read in the next session."""
    setup.read_again(database(), connection_id(), me())
    return done("The next session reads QuickBooks' preferences again.")


@family.post("/setup/go-live", "Go live")
def go_live() -> dict[str, str]:
    """The last step: from then on what was approved is written to QuickBooks."""
    setup.go_live(database(), connection_id(), me())
    return done("Live. What was approved is written from the next session on.")
