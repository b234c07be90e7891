"""Procore's webhooks: the caller is looked at first, then the size, then the content; all else is a worker's."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.errors import TieoutError
from app.services.hooks import MOST_BYTES, Receiver

RECEIVER = "tieout_hooks"


def add(hooks: Blueprint) -> None:
    """POST /hooks/procore/<key of a connection>; without a key the secret alone says which connection is meant."""

    @hooks.post("/hooks/procore", defaults={"key": ""})
    @hooks.post("/hooks/procore/<key>")
    def from_procore(key: str) -> Response | tuple[Response, int]:
        receiver: Receiver = current_app.extensions[RECEIVER]
        request.max_content_length = MOST_BYTES
        try:
            meant = receiver.let_in(key, request.headers.get("Authorization", ""))
            try:
                body = request.get_data(cache=False)
            except RequestEntityTooLarge:
                raise receiver.too_large(meant) from None
            return jsonify(status=receiver.receive(meant, body))
        except TieoutError as problem:
            return jsonify(problem.plain()), problem.status
