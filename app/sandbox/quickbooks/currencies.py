"""Currencies: with multicurrency on, every transaction has one, and its amount is shown in the home currency too."""

from __future__ import annotations

from decimal import Decimal

from app.sandbox.quickbooks.amounts import money, number
from app.sandbox.quickbooks.books import Books, list_id, reference
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.transactions import feature_off
from app.sandbox.quickbooks.writing import Body

HOME = "HomeCurrency"


def home_currency(books: Books) -> Record | None:
    """The company's own currency, when several are in use."""
    home = books.preference(HOME)
    return books.storage.by_id(str(home)) if home else None


def require_currencies(books: Books, body: Body) -> None:
    """Refuse a currency or exchange rate while the company file knows only one."""
    if {"CurrencyRef", "ExchangeRate"} & set(body) and home_currency(books) is None:
        raise feature_off()


def give_currency(books: Books, body: Body) -> None:
    """Give a new customer or vendor the home currency unless it has one of its own."""
    require_currencies(books, body)
    home = home_currency(books)
    if home is not None:
        body.setdefault("CurrencyRef", reference(home))


def exchange(books: Books, body: Body, entity: Record | None, amount_tag: str) -> None:
    """Put currency, rate and the amount in home currency beside a transaction's amount."""
    home = home_currency(books)
    if home is None:
        return
    ref = (entity.body.get("CurrencyRef") if entity else None) or reference(home)
    currency = books.storage.by_id(list_id(ref)) or home
    rate = number(body, "ExchangeRate") or number(currency.body, "ExchangeRate") or Decimal(1)
    amount = number(body, amount_tag) or Decimal(0)
    body |= {"CurrencyRef": ref, "ExchangeRate": f"{rate.normalize():f}"}
    body[f"{amount_tag}InHomeCurrency"] = money(amount * rate)
