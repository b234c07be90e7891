"""Who may call the sandbox's Procore, and how often: rate limits, bearer token, company header."""

from __future__ import annotations

from flask import Response, request

from app.sandbox.procore.answers import error, internal_error
from app.sandbox.procore.callers import Caller, calling
from app.sandbox.procore.door import FAULT
from app.sandbox.procore.faults import Due
from app.sandbox.procore.limits import Limits, Window
from app.sandbox.procore.store import Store

CLIENT_ID = "halvorsen-builders"
CLIENT_SECRET = "only-for-the-sandbox"
_WITHOUT_COMPANY = ("/rest/v1.0/me", "/rest/v1.0/companies")
_BUSY_SECONDS = 5
_SPENT = {"rate_limit_hour": "hour", "rate_limit_spike": "spike"}


def denial(store: Store, company_id: int, limits: Limits) -> Response | None:
    """Why this call may not go on, or None when it may."""
    if not request.path.startswith("/rest/"):
        return None
    fault: Due | None = request.environ.get(FAULT)
    if fault and fault.kind in _SPENT:
        limits.exhaust(_SPENT[fault.kind])
    refusing = limits.admit()
    if refusing:
        return _too_many(limits, refusing)
    if fault and fault.kind.startswith("error_"):
        return _failed(fault)
    return _stranger(store, fault) or _wrong_company(company_id)


def _too_many(limits: Limits, window: Window) -> Response:
    sentence = f"You have surpassed the max number of requests for {window.name} of {window.seconds} seconds"
    return error(429, sentence, **{"Retry-After": limits.retry_after(window)})


def _failed(fault: Due) -> Response:
    if fault.kind == "error_502":
        page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        return Response(page, status=502, mimetype="text/html")
    if fault.kind == "error_503":
        wait = {"Retry-After": f"{fault.seconds or _BUSY_SECONDS:.0f}"}
        return error(503, "The service is temporarily unavailable", **wait)
    return internal_error("Something went wrong", "Sandbox::Fault")


def _stranger(store: Store, fault: Due | None) -> Response | None:
    """401 without a token that was given out and still holds; whose it is becomes the caller."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if fault and fault.kind == "token_expired":
        store.kept.drop("access_token", token)
    known = store.kept.get("access_token", token) if scheme.lower() == "bearer" else None
    if known is None:
        return error(401, "Unauthorized")
    calling.set(Caller(known["user_id"], known["application_id"], known["grant"]))
    return None


def _wrong_company(company_id: int) -> Response | None:
    company = request.headers.get("Procore-Company-Id")
    caller = calling.get()
    if not company and caller and not caller.is_service_account and request.path in _WITHOUT_COMPANY:
        return None
    if not company:
        return error(400, "Missing Procore-Company-Id header! Every call must name the company it is about.")
    if company != str(company_id):
        return error(403, "App is not connected to this company")
    return None
