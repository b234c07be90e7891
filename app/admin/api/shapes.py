"""The parts shapes are made of, and the shapes that several families share: one marshmallow schema each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.core import money
from app.core.text import squeeze

#: No database counts further.
MOST_NUMBER = 2**63 - 1
LONG = 2000


class Shape(Schema):
    """What a call answers: every field is always there. ``get_x`` of a shape makes its field x, where there is one."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        made = getattr(self, f"get_{attr}", None)
        return made(obj) if made else super().get_attribute(obj, attr, default)


class Asked(Schema):
    """What a call is sent: what is not known is refused, by name."""

    class Meta:
        unknown = RAISE


class Money(fields.String):
    """An amount, to the cent, as text: ``1234.50``."""

    def __init__(self, about: str = "An amount, to the cent.", *, nullable: bool = False, attribute: str | None = None):
        metadata = {"description": about, "pattern": r"^-?\d+\.\d\d$", "example": "1234.50"}
        super().__init__(metadata=metadata, allow_none=nullable, attribute=attribute)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else money.plain(value if isinstance(value, Decimal) else money.from_cents(value))


def text(about: str, attribute: str | None = None, *, nullable: bool = False) -> fields.String:
    """Text of an answer."""
    return fields.String(metadata={"description": about}, attribute=attribute, allow_none=nullable)


def number(about: str, attribute: str | None = None, *, nullable: bool = False) -> fields.Integer:
    """A whole number of an answer."""
    return fields.Integer(metadata={"description": about}, attribute=attribute, allow_none=nullable)


def yes_no(about: str, attribute: str | None = None) -> fields.Boolean:
    """Whether something is so."""
    return fields.Boolean(metadata={"description": about}, attribute=attribute)


def moment(about: str, attribute: str | None = None, *, nullable: bool = True) -> fields.AwareDateTime:
    """A moment, with its zone."""
    return fields.AwareDateTime(format="iso", metadata={"description": about}, attribute=attribute, allow_none=nullable)


def many(shape: type[Schema], about: str, attribute: str | None = None) -> fields.List[Any]:
    """A list of one shape."""
    return fields.List(fields.Nested(shape), metadata={"description": about}, attribute=attribute)


def one(shape: type[Schema], attribute: str | None = None, *, nullable: bool = False) -> fields.Nested:
    """One shape inside another."""
    return fields.Nested(shape, attribute=attribute, allow_none=nullable)


def texts(about: str, attribute: str | None = None) -> fields.List[Any]:
    """A list of texts."""
    return fields.List(fields.String(), metadata={"description": about}, attribute=attribute)


def counts(about: str, attribute: str | None = None) -> fields.Dict:
    """Numbers by name."""
    return fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": about}, attribute=attribute
    )


# -- what is sent --------------------------------------------------------------------------------------------------


def storable(value: str) -> None:
    """Refuse what no database keeps: the character nought, and half a character."""
    if "\x00" in value or any("\ud800" <= one <= "\udfff" for one in value):
        raise ValidationError("It contains a character that cannot be kept.")


def words(about: str, *, most: int = LONG, required: bool = False, least: int = 0) -> fields.String:
    """Text that is sent."""
    more: dict[str, Any] = {"required": True} if required else {"load_default": ""}
    checks: list[Any] = [validate.Length(min=least or None, max=most), storable]
    return fields.String(validate=checks, metadata={"description": about}, **more)


def reason(about: str = "Why: a sentence that stays on the trail.") -> fields.String:
    """A reason that must be given."""
    return words(about, required=True, least=1)


def whole(about: str, *, least: int = 1, required: bool = True) -> fields.Integer:
    """A whole number that is sent."""
    more: dict[str, Any] = {"required": True} if required else {"load_default": 0}
    return fields.Integer(
        strict=True, validate=validate.Range(min=least, max=MOST_NUMBER), metadata={"description": about}, **more
    )


def flag(about: str, *, required: bool = False) -> fields.Boolean:
    """Yes or no."""
    more: dict[str, Any] = {"required": True} if required else {"load_default": False}
    return fields.Boolean(truthy={True, "true"}, falsy={False, "false"}, metadata={"description": about}, **more)


def values(about: str) -> fields.Dict:
    """Texts by name."""
    return fields.Dict(
        keys=fields.String(validate=[validate.Length(max=120), storable]),
        values=fields.String(validate=[validate.Length(max=LONG), storable]),
        load_default=dict,
        metadata={"description": about},
    )


# -- shared shapes -------------------------------------------------------------------------------------------------


class Pointer(Shape):
    """Where to go from a sentence."""

    label = text("What it is called.")
    kind = text("The kind of the item; or `setting` or `page`.")
    id = text("The item, setting or page; empty where Procore named it and it was never received.")


class Error(Shape):
    """Why something was not done: what happened, who can fix it, and how."""

    code = text("A short name for programs.")
    rule_id = text("The rule that says so, as file:name; empty where no rule does.")
    sentence = text("What happened.")
    what_to_do = text("Who can fix it, and how.")
    links = many(Pointer, "What the sentence speaks of.")
    field = text("What was wrong of what was sent, as `items.0.version`; empty where it was not that.")


class Link(Shape):
    """Another item."""

    kind = text("Its kind.")
    item = number("Its number; null where it was never received.", "item_id", nullable=True)
    label = text("Its name.")
    state = text("Where it rests.")
    synced = yes_no("Whether QuickBooks holds it.")


class Reason(Shape):
    """One thing an item waits for, or should be looked at."""

    sentence = text("What is so.")
    fix = text("What to do.")
    rule = text("The rule that says so, as file:name.")
    effect = text("`deny`: it stops the item. `wait`: it is waited for by itself. `warn`, `audit`: it is remarked.")
    field = text("The input that would settle it; empty where none would.")
    line = text("The line it is about; empty where it is about the whole.")
    blocking = many(Link, "The items it waits for.")


class Choice(Shape):
    """A value that may be chosen."""

    value = text("What is sent.")
    label = text("What people call it.")

    def get_value(self, pair: tuple[str, str]) -> str:
        return pair[0]

    def get_label(self, pair: tuple[str, str]) -> str:
        return pair[1]


class Said(Shape):
    """One line that people read: a label and what stands there."""

    label = text("What it is.")
    value = text("What stands there.")

    get_label = Choice.get_value
    get_value = Choice.get_label


class Done(Shape):
    """That it was done."""

    sentence = text("What was done, in words.")


def done(sentence: str) -> dict[str, str]:
    """An answer to what needs no more."""
    return {"sentence": squeeze(sentence)}
