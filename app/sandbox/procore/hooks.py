"""Webhooks, version 1.0: hooks, their triggers, what can be asked for, and how deliveries went."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, request

from app.sandbox.procore.answers import body, coded_error, created, found, part, refuse
from app.sandbox.procore.callers import SERVICE_ACCOUNT, calling
from app.sandbox.procore.events import ATTEMPTS, HOOKS, RESOURCE_NAMES, TRIGGERS
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import BadFields

MOST_TRIGGERS = 500
PAGE_SIZE = 100
_EVENTS = ("create", "update", "delete")
_HOOK = (
    "id", "owned_by_company_id", "owned_by_project_id", "owned_by_user_id", "namespace", "api_version",
    "destination_url", "destination_headers",
)  # fmt: skip
_TRIGGER = (
    "id",
    "company_id",
    "project_id",
    "user_id",
    "webhook_hook_id",
    "resource_name",
    "resource_id",
    "event_type",
)
_ATTEMPT = (
    "event_id", "started_at", "completed_at", "response_status", "response_headers", "response_error",
    "response_body", "outcome", "event",
)  # fmt: skip
_OUTCOMES = {"successful": ("ok",), "failing": ("retried", "failed"), "discarded": ("discarded",)}
_HOOK_FIELDS = ("api_version", "namespace", "destination_url", "destination_headers")


def routes(store: Store) -> Blueprint:
    """The calls about webhooks; each is made within a company or within a project."""
    family = Blueprint("hooks", __name__)
    base = "/rest/v1.0/webhooks"

    @family.get(f"{base}/hooks")
    def hooks() -> Response:
        scope = _scope(request.args.to_dict())
        wanted = request.args.get("namespace", "*")
        rows = [hook for hook in store.all(HOOKS) if _owner(hook) == scope and wanted in ("*", hook["namespace"])]
        return jsonify([_told(hook, _HOOK) for hook in rows])

    @family.post(f"{base}/hooks")
    def create_hook() -> Response:
        sent = body()
        company_id, project_id = _scope(sent)
        fields = _checked({**dict.fromkeys(_HOOK_FIELDS), **part(sent, "hook")})
        owner = {"owned_by_company_id": company_id, "owned_by_project_id": project_id, "owned_by_user_id": _user()}
        return created(_told(store.put(HOOKS, {**owner, **fields}), _HOOK))

    @family.patch(f"{base}/hooks/<int:hook_id>")
    def patch_hook(hook_id: int) -> Response:
        sent = body()
        hook = _hook(store, hook_id, sent)
        return jsonify(_told(store.patch(HOOKS, hook_id, _checked({**hook, **part(sent, "hook")})), _HOOK))

    @family.delete(f"{base}/hooks/<int:hook_id>")
    def delete_hook(hook_id: int) -> Response:
        _hook(store, hook_id, request.args.to_dict())
        for trigger in _triggers(store, hook_id):
            store.remove(TRIGGERS, trigger["id"])
        store.remove(HOOKS, hook_id)
        return jsonify({})

    @family.get(f"{base}/hooks/<int:hook_id>/triggers")
    def triggers(hook_id: int) -> Response:
        _hook(store, hook_id, request.args.to_dict())
        return jsonify([_told(row, _TRIGGER) for row in _triggers(store, hook_id)])

    @family.post(f"{base}/hooks/<int:hook_id>/triggers")
    def create_trigger(hook_id: int) -> Response:
        sent = body()
        hook = _hook(store, hook_id, sent)
        return created(_told(_new_trigger(store, hook, part(sent, "trigger")), _TRIGGER))

    @family.delete(f"{base}/hooks/<int:hook_id>/triggers/<int:trigger_id>")
    def delete_trigger(hook_id: int, trigger_id: int) -> Response:
        _hook(store, hook_id, request.args.to_dict())
        if not _drop(store, hook_id, trigger_id):
            refuse(404, "Not Found")
        return jsonify({})

    @family.post(f"{base}/hooks/<int:hook_id>/triggers/bulk")
    def create_triggers(hook_id: int) -> tuple[Response, int]:
        """What could be made; 207 when something could not."""
        sent = body()
        hook, rows = _hook(store, hook_id, sent), _many(sent)
        made, failed = [], []
        for row in rows:
            try:
                made.append(_told(_new_trigger(store, hook, row), _TRIGGER))
            except BadFields as problem:
                failed.append({**row, "errors": problem.problems})
        return _in_bulk(made, failed)

    @family.delete(f"{base}/hooks/<int:hook_id>/triggers/bulk")
    def delete_triggers(hook_id: int) -> tuple[Response, int]:
        sent = body()
        _hook(store, hook_id, sent)
        numbers = _many(sent)
        dropped = {number: _drop(store, hook_id, number) for number in numbers}
        return _in_bulk([one for one in numbers if dropped[one]], [one for one in numbers if not dropped[one]])

    @family.get(f"{base}/hooks/<int:hook_id>/deliveries")
    def deliveries(hook_id: int) -> Response:
        """Every try, the oldest first, so many after the last one of the page before."""
        _hook(store, hook_id, request.args.to_dict())
        outcomes = _OUTCOMES.get(request.args.get("filters[status]", "any"))
        after, size = request.args.get("page_start", 0, type=int), request.args.get("page_size", PAGE_SIZE, type=int)
        rows = [row for row in store.all(ATTEMPTS) if row["hook_id"] == hook_id and row["id"] > after]
        rows = [row for row in rows if outcomes is None or row["outcome"] in outcomes]
        return jsonify([_told(row, _ATTEMPT) for row in rows[:size]])

    @family.get(f"{base}/resources")
    def resources() -> Response:
        return jsonify([_resource(name) for name in RESOURCE_NAMES.values()])

    @family.get(f"{base}/resources/api_versions")
    def api_versions() -> Response:
        return jsonify(["v2.0"])

    return family


def _told(row: Record, names: tuple[str, ...]) -> Record:
    return {name: row[name] for name in names}


def _scope(sent: dict[str, Any]) -> tuple[int | None, int | None]:
    """The company or the project a call is made within; 400 without either."""
    given = {name: str(sent.get(name, "")) for name in ("company_id", "project_id")}
    if not any(text.isdigit() for text in given.values()):
        refuse(400, "param is missing or the value is empty: company_id or project_id")
    project = int(given["project_id"]) if given["project_id"].isdigit() else None
    return (None if project else int(given["company_id"])), project


def _owner(hook: Record) -> tuple[int | None, int | None]:
    return hook["owned_by_company_id"], hook["owned_by_project_id"]


def _hook(store: Store, hook_id: int, sent: dict[str, Any]) -> Record:
    hook = found(store, HOOKS, hook_id)
    if _owner(hook) != _scope(sent):
        refuse(404, "Not Found")
    return hook


def _checked(hook: Record) -> Record:
    """A hook's fields; a namespace is of small letters, digits and hyphens."""
    problems: dict[str, list[str]] = {}
    url = urlsplit(str(hook["destination_url"] or ""))
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        problems["destination_url"] = ["is not a valid HTTPS URL"]
    if not re.fullmatch(r"[a-z0-9-]*", hook["namespace"] or ""):
        problems["namespace"] = ["is invalid"]
    if not hook["api_version"]:
        problems["api_version"] = ["can't be blank"]
    if problems:
        raise BadFields(problems)
    return {name: hook[name] for name in _HOOK_FIELDS}


def _triggers(store: Store, hook_id: int) -> list[Record]:
    return [row for row in store.all(TRIGGERS) if row["webhook_hook_id"] == hook_id]


def _new_trigger(store: Store, hook: Record, asked: Record) -> Record:
    name, event = asked.get("resource_name"), str(asked.get("event_type", "")).lower()
    if name not in RESOURCE_NAMES.values():
        raise BadFields({"resource_name": ["is not included in the list"]})
    if event not in _EVENTS:
        raise BadFields({"event_type": ["is not included in the list"]})
    wanted = {"resource_name": name, "event_type": event.upper()}
    if any(wanted.items() <= row.items() for row in _triggers(store, hook["id"])):
        raise BadFields({"resource_name": ["has already been taken"]})
    company_id, project_id = _owner(hook)
    scope = {"company_id": company_id, "project_id": project_id, "user_id": _user(), "resource_id": None}
    return store.put(TRIGGERS, {"webhook_hook_id": hook["id"], **wanted, **scope})


def _drop(store: Store, hook_id: int, trigger_id: Any) -> bool:
    is_there = any(row["id"] == trigger_id for row in _triggers(store, hook_id))
    if is_there:
        store.remove(TRIGGERS, trigger_id)
    return is_there


def _many(sent: dict[str, Any]) -> list[Any]:
    rows = sent.get("triggers")
    if not isinstance(rows, list):
        refuse(400, "param is missing or the value is empty: triggers")
    if len(rows) > MOST_TRIGGERS:
        abort(coded_error(413, f"At most {MOST_TRIGGERS} triggers"))
    return rows


def _in_bulk(done: list[Any], failed: list[Any]) -> tuple[Response, int]:
    return (jsonify(success=done, failed=failed), 207) if failed else (jsonify(success=done), 200)


def _user() -> int:
    caller = calling.get()
    return caller.user_id if caller else SERVICE_ACCOUNT


def _resource(name: str) -> Record:
    """What can be asked for. The description names no name, but people look names up here; so one is told."""
    told = {"name": name, "api_version": "v2.0", "create": "create", "update": "update", "delete": "delete"}
    return {**told, "except": [], "product_category": "Project Financials", "tools": name}
