"""Who may call the sandbox's Procore, and how often: bearer token, company header, rate limit."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, jsonify, request

from app.core import clock, ids
from app.sandbox.procore.answers import error
from app.sandbox.procore.store import Store

CLIENT_ID = "halvorsen-builders"
CLIENT_SECRET = "only-for-the-sandbox"
TOKEN_SECONDS = 5400


@dataclass
class RateLimit:
    """The hourly window: how many calls it allows, how many were made, and when it ends."""

    allowed: int
    made: int = 0
    ends: float = 0.0

    def admit(self) -> bool:
        """Count a call; False when the window is used up."""
        moment = clock.now().timestamp()
        if moment >= self.ends:
            self.ends, self.made = moment + 3600, 0
        self.made += 1
        return self.made <= self.allowed

    def headers(self) -> dict[str, str]:
        """What Procore tells with every answer."""
        return {
            "X-Rate-Limit-Limit": str(self.allowed),
            "X-Rate-Limit-Remaining": str(max(self.allowed - self.made, 0)),
            "X-Rate-Limit-Reset": str(int(self.ends)),
        }

    def retry_after(self) -> str:
        """Whole seconds until the window opens again."""
        return str(max(int(self.ends - clock.now().timestamp()), 1))


def oauth(store: Store) -> Blueprint:
    """POST /oauth/token: the client credentials grant, as form or as JSON."""
    routes = Blueprint("oauth", __name__)

    @routes.post("/oauth/token")
    def token() -> Response:
        sent = request.get_json(silent=True) or request.form
        if sent.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "The sandbox knows only client_credentials.")
        if not _known(str(sent.get("client_id", "")), str(sent.get("client_secret", ""))):
            return _oauth_error(401, "invalid_client", "Client authentication failed due to unknown client.")
        text = ids.secret(32)
        store.keep_token(text, clock.now() + timedelta(seconds=TOKEN_SECONDS))
        created = int(clock.now().timestamp())
        return jsonify(
            {"access_token": text, "token_type": "bearer", "expires_in": TOKEN_SECONDS, "created_at": created}
        )

    return routes


def _known(client_id: str, client_secret: str) -> bool:
    pairs = ((client_id, CLIENT_ID), (client_secret, CLIENT_SECRET))
    return all(hmac.compare_digest(given.encode(), right.encode()) for given, right in pairs)


def _oauth_error(status: int, code: str, description: str) -> Response:
    body = json.dumps({"error": code, "error_description": description})
    return Response(body, status=status, mimetype="application/json")


def denial(store: Store, company_id: int, limit: RateLimit) -> Response | None:
    """Why this call may not go on, or None when it may."""
    if not request.path.startswith("/rest/"):
        return None
    if not limit.admit():
        wait = {"Retry-After": limit.retry_after()}
        return error(429, "You have surpassed the max number of requests for an hour", **wait)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not store.knows_token(token):
        return error(401, "Unauthorized")
    company = request.headers.get("Procore-Company-Id")
    if not company:
        return error(400, "Missing Procore-Company-Id header! Every call of a service account must name its company.")
    if company != str(company_id):
        return error(403, "App is not connected to this company")
    return None
