"""The sandbox's company directory: me, companies, users and vendors."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore.answers import body, created, found, number, page, part
from app.sandbox.procore.callers import SERVICE_ACCOUNT, calling
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN_AND_CODE, made, named, patched, permitted, synced

VENDOR_FIELDS = (
    *ORIGIN_AND_CODE,
    "name",
    "abbreviated_name",
    "trade_name",
    "address",
    "city",
    "state_code",
    "country_code",
    "zip",
    "business_phone",
    "fax_number",
    "mobile_phone",
    "email_address",
    "website",
    "notes",
    "is_active",
)
#: What the call for one user keeps to itself.
_ONLY_IN_LISTS = ("company_permission_template", "erp_integrated_accountant", "permission_template")
_COMPANY_FIELDS = ("id", "name", "is_active", "logo_url", "my_company", "pcn_business_experience")


def routes(store: Store) -> Blueprint:
    """The directory's calls."""
    family = Blueprint("directory", __name__)

    @family.get("/rest/v1.0/me")
    def me() -> Response:
        """Whose token this is."""
        caller = calling.get()
        user = store.get("users", caller.user_id) if caller else None
        if user is None:
            login = "service-account@halvorsen.example"
            return jsonify(id=SERVICE_ACCOUNT, login=login, name="Tieout service account")
        return jsonify(id=user["id"], login=user["email_address"], name=user["name"])

    @family.get("/rest/v1.0/companies")
    def companies() -> Response:
        return page([{name: company[name] for name in _COMPANY_FIELDS} for company in store.all("companies")])

    @family.get("/rest/v1.3/companies/<int:company_id>/users")
    def users(company_id: int) -> Response:
        """The active ones; somebody who has left is told by a call of its own."""
        found(store, "companies", company_id)
        return page([user for user in chosen(store.all("users"), OF["users"]) if user["is_active"]])

    @family.get("/rest/v1.3/companies/<int:company_id>/users/<int:user_id>")
    def user(company_id: int, user_id: int) -> Response:
        """One user, also one who has left."""
        found(store, "companies", company_id)
        told = found(store, "users", user_id)
        return jsonify({name: value for name, value in told.items() if name not in _ONLY_IN_LISTS})

    @family.get("/rest/v1.0/companies/<int:company_id>/users/inactive")
    def inactive_users(company_id: int) -> Response:
        found(store, "companies", company_id)
        return page([user for user in store.all("users") if not user["is_active"]])

    @family.get("/rest/v1.0/vendors")
    def vendors() -> Response:
        number("company_id")
        return page([_shown(vendor) for vendor in chosen(store.all("vendors"), OF["vendors"])])

    @family.get("/rest/v1.0/vendors/<int:vendor_id>")
    def vendor(vendor_id: int) -> Response:
        number("company_id")
        return jsonify(_shown(found(store, "vendors", vendor_id)))

    @family.post("/rest/v1.0/vendors")
    def create_vendor() -> Response:
        sent = body()
        number("company_id", sent.get("company_id"))
        fields = permitted(part(sent, "vendor"), VENDOR_FIELDS)
        return created(_shown(made(store, "vendors", _new_vendor(named(fields)))))

    @family.patch("/rest/v1.0/vendors/<int:vendor_id>")
    def patch_vendor(vendor_id: int) -> Response:
        sent = body()
        number("company_id", sent.get("company_id"))
        found(store, "vendors", vendor_id)
        changes = permitted(part(sent, "vendor"), VENDOR_FIELDS)
        return jsonify(_shown(patched(store, "vendors", vendor_id, changes)))

    @family.patch("/rest/v1.0/vendors/sync")
    def sync_vendors() -> Response:
        sent = body()
        number("company_id", sent.get("company_id"))
        return synced(store, "vendors", sent.get("updates"), writable=VENDOR_FIELDS, blank=_new_vendor, shown=_shown)

    return family


def _shown(vendor: Record) -> Record:
    if request.args.get("view") == "compact":
        return {"id": vendor["id"], "name": vendor["name"]}
    return {**vendor, "company": vendor["name"], "synced_to_erp": vendor.get("origin_id") is not None}


def _new_vendor(fields: dict[str, Any]) -> Record:
    empty = dict.fromkeys(("address", "city", "state_code", "zip", "business_phone", "fax_number"), "")
    absent = dict.fromkeys(("legal_name", "parent", "primary_contact", *VENDOR_FIELDS))
    return {**absent, **empty, "country_code": "US", "is_active": True, "attachments": [], "project_ids": [], **fields}
