"""The sandbox's login: three grants, refresh tokens that work once, token details, revoking."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.core import ids
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.answers import error
from app.sandbox.procore.callers import SERVICE_ACCOUNT
from app.sandbox.procore.kept import Note
from app.sandbox.procore.store import Store

TOKEN_SECONDS = 5400
_BAD_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)


def routes(store: Store) -> Blueprint:
    """The calls about tokens; a form and JSON do equally well."""
    family = Blueprint("oauth", __name__)

    @family.post("/oauth/token")
    def token() -> Response:
        sent = _sent()
        if not _known(sent):
            return _refusal(401, "invalid_client", "Client authentication failed due to unknown client.")
        grant = sent.get("grant_type")
        if grant == "client_credentials":
            return _given(store, SERVICE_ACCOUNT, str(grant), refreshing=False)
        if grant == "authorization_code":
            return _for_code(store, sent)
        if grant == "refresh_token":
            return _for_refresh_token(store, sent)
        return _refusal(400, "unsupported_grant_type", "The authorization grant type is not supported.")

    @family.get("/oauth/token/info")
    def info() -> Response:
        _, _, text = request.headers.get("Authorization", "").partition(" ")
        found = store.kept.get("access_token", text)
        if found is None:
            return error(401, "Unauthorized")
        left = found["created_at"] + TOKEN_SECONDS - int(store.now().timestamp())
        return jsonify(
            resource_owner_id=found["user_id"],
            scopes=[],
            expires_in_seconds=left,
            application={"uid": found["application_id"]},
            created_at=found["created_at"],
        )

    @family.post("/oauth/revoke")
    def revoke() -> Response:
        """200 for a token nobody knows too; an access token takes its refresh token with it, and the other way."""
        sent = _sent()
        if _known(sent):
            text = str(sent.get("token", ""))
            access = store.kept.take("access_token", text) or {}
            refresh = store.kept.take("refresh_token", text) or {}
            store.kept.drop("refresh_token", access.get("refresh_token") or "")
            store.kept.drop("access_token", refresh.get("access_token") or "")
        return jsonify({})

    return family


def new_code(store: Store, user_id: int, redirect_uri: str) -> str:
    """An authorization code: good for ten minutes, once, and for the address it was asked for."""
    code = ids.secret(24)
    note = {"user_id": user_id, "redirect_uri": redirect_uri}
    store.kept.put("code", code, note, store.now() + timedelta(minutes=10))
    return code


def _for_code(store: Store, sent: dict[str, Any]) -> Response:
    found = store.kept.take("code", str(sent.get("code", "")))
    if found is None or found["redirect_uri"] != sent.get("redirect_uri"):
        return _refusal(401, "invalid_grant", _BAD_GRANT)
    return _given(store, found["user_id"], "authorization_code", refreshing=True)


def _for_refresh_token(store: Store, sent: dict[str, Any]) -> Response:
    """The old one is used up the moment it arrives, whether or not the answer does."""
    found = store.kept.take("refresh_token", str(sent.get("refresh_token", "")))
    if found is None:
        return _refusal(401, "invalid_grant", _BAD_GRANT)
    return _given(store, found["user_id"], "authorization_code", refreshing=True)


def _given(store: Store, user_id: int, grant: str, *, refreshing: bool) -> Response:
    access, created = ids.secret(32), int(store.now().timestamp())
    refresh = ids.secret(32) if refreshing else None
    note: Note = {"user_id": user_id, "application_id": CLIENT_ID, "grant": grant}
    note |= {"created_at": created, "refresh_token": refresh}
    store.kept.put("access_token", access, note, store.now() + timedelta(seconds=TOKEN_SECONDS))
    body = {"access_token": access, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "created_at": created}
    if refresh:
        store.kept.put("refresh_token", refresh, {"user_id": user_id, "access_token": access})
        body["refresh_token"] = refresh
    return jsonify(body)


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else request.form.to_dict()


def _known(sent: dict[str, Any]) -> bool:
    pairs = ((sent.get("client_id", ""), CLIENT_ID), (sent.get("client_secret", ""), CLIENT_SECRET))
    return all(hmac.compare_digest(str(given).encode(), right.encode()) for given, right in pairs)


def _refusal(status: int, code: str, description: str) -> Response:
    response = jsonify(error=code, error_description=description)
    response.status_code = status
    return response
