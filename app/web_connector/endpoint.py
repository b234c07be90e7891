"""Serves the Web Connector over HTTP; the only file that knows spyne."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache, partial
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from app.web_connector import envelope, guard, spyne_compat, wsdl
from app.web_connector.calls import CALLS, NAMESPACE, Call, answer, log_failure
from app.web_connector.port import Conversation
from app.web_connector.troubles import Troubles

spyne_compat.install()

from spyne import Application, Array, Integer, MethodContext, Service, Unicode, const, rpc  # noqa: E402
from spyne.protocol.soap import Soap11  # noqa: E402
from spyne.server import ServerBase  # noqa: E402

# spyne logs whole messages, passwords included, when it stumbles over one.
_silent = logging.getLogger("spyne")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
_silent.setLevel(logging.CRITICAL + 1)

# Once a second spyne would collect all garbage inside a call, to hand back files early; no call here opens any.
const.MIN_GC_INTERVAL = float("inf")

_RETURNS = {"string": Unicode, "int": Integer, "ArrayOfString": Array(Unicode)}
_PIECE = 1024 * 1024
_BROKEN = "Tieout could not answer. Tell whoever looks after it this number: {event}."


def blueprint(conversation_for: Callable[[], Conversation]) -> Blueprint:
    """The pages under ``/qbwc``; ``conversation_for`` gives the conversation of one request."""
    pages = Blueprint("web_connector", __name__, template_folder="templates")
    troubles = Troubles()
    _server()  # built now, not under the first call

    @pages.post("/qbwc", strict_slashes=False)
    def call() -> Response:
        remote = request.remote_addr or ""
        document = _read()
        if isinstance(document, guard.Verdict):
            return _refuse(document, conversation_for, remote)
        try:
            return _xml(_exchange(document, partial(_answer, conversation_for, remote, troubles)))
        except Exception as error:  # noqa: BLE001  # nothing may escape to the Web Connector
            event = log_failure("the SOAP answer", error)
            return _xml(envelope.fault(_BROKEN.format(event=event), "Server"), 500)

    @pages.get("/qbwc", strict_slashes=False)
    def welcome() -> Response | str:
        if any(name.lower() == "wsdl" for name in request.args):
            return _xml(wsdl.render(request.base_url.rstrip("/")).encode())
        return render_template("qbwc/welcome.html")

    @pages.get("/qbwc/support")
    def support() -> str:
        return render_template("qbwc/support.html")

    return pages


def _read() -> Any:
    """The envelope of this request, or the verdict that refuses it."""
    request.max_content_length = guard.MAX_BYTES
    try:
        body = _body()
    except RequestEntityTooLarge:
        return guard.TOO_LONG
    except ClientDisconnected:
        return guard.CUT_OFF
    verdict = guard.check(body, request.content_type or "")
    if not verdict.fine:
        return verdict
    try:
        return envelope.read(body, request.headers.get("SOAPAction", ""))
    except envelope.NotACall as refusal:
        return guard.Verdict("not a call", refusal.sentence, 500, refusal.code)


def _body() -> bytes:
    held = BytesIO()  # Flask's own reading would hold a large message twice
    while piece := request.stream.read(_PIECE):
        held.write(piece)
    return held.getvalue()


def _answer(
    conversation_for: Callable[[], Conversation], remote: str, troubles: Troubles, call: Call, given: tuple[Any, ...]
) -> object:
    return answer(call, [text or "" for text in given], conversation_for, remote, troubles)


def _refuse(verdict: guard.Verdict, conversation_for: Callable[[], Conversation], remote: str) -> Response:
    try:
        conversation_for().refused(verdict.what, verdict.sentence, remote)
    except Exception as error:  # noqa: BLE001  # nothing may escape to the Web Connector
        log_failure("noting a refused message", error)
    if verdict.status == 500:  # SOAP 1.1 wants 500 under a fault; only then the Web Connector shows its sentence
        return _xml(envelope.fault(verdict.sentence, verdict.code), 500)
    return Response(verdict.sentence + "\n", verdict.status, mimetype="text/plain")


def _xml(body: bytes, status: int = 200) -> Response:
    return Response(body, status, {"Cache-Control": "no-store"}, content_type="text/xml; charset=utf-8")


class _Envelopes(Soap11):  # type: ignore[misc]
    """SOAP 1.1 over envelopes that are parsed and checked already."""

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        ctx.in_document = (ctx.in_string, {})


def _exchange(document: Any, run: Callable[[Call, tuple[Any, ...]], object]) -> bytes:
    """Let spyne decode the call, run it and encode the answer."""
    server = _server()
    context = MethodContext(server, MethodContext.SERVER)
    context.in_string, context.udc = document, run
    try:
        (context, *_) = server.generate_contexts(context)
        server.get_in_object(context)
        server.get_out_object(context)
        if context.in_error or context.out_error:
            raise context.in_error or context.out_error
        server.get_out_string(context)
        return b"".join(context.out_string)
    finally:
        context.close()


@lru_cache(maxsize=1)
def _server() -> Any:
    service = type("WebConnector", (Service,), {call.name: _method(call) for call in CALLS})
    application = Application(
        [service], tns=NAMESPACE, name="Tieout", in_protocol=_Envelopes(parse_xsi_type=False), out_protocol=Soap11()
    )
    return ServerBase(application)


def _method(call: Call) -> Any:
    def run(ctx: Any, *given: Any) -> object:
        return ctx.udc(call, given)

    run.__name__ = call.name
    # Versions are text to spyne: it would refuse the whole call for "13.0", and the conversation copes.
    names = [name for name, _ in call.parameters]
    return rpc(*[Unicode] * len(names), _args=names, _returns=_RETURNS[call.returns])(run)
