"""Whether a Web Connector and a QuickBooks may talk to us; the lists are data in rules/web_connector.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.qbxml.parse import HostAnswer

COUNTRY_NAMES = {"US": "United States", "CA": "Canada", "UK": "United Kingdom", "AU": "Australia"}


@dataclass(frozen=True)
class Greeting:
    """What to answer a Web Connector's version: go on, go on with a warning, or stop."""

    supported: bool
    refused: bool
    sentence: str


class HostPolicy:
    """The supported versions and editions."""

    def __init__(self, file: Path) -> None:
        table = yaml.safe_load(file.read_text(encoding="utf-8"))
        self._versions = [str(version) for version in table["web_connector"]["supported"]]
        self._oldest = int(table["web_connector"]["oldest_major"])
        self._countries: dict[str, list[int]] = table["quickbooks"]["countries"]
        self._editions: list[str] = table["quickbooks"]["editions"]
        self._newest = _number(table["quickbooks"]["newest_qbxml"])

    def greet(self, version: str) -> Greeting:
        """Judge a Web Connector by its version, compared as whole numbers part by part."""
        version = version.strip()
        if version in self._versions:
            return Greeting(True, False, f"{version} - supported")
        numbers = re.fullmatch(r"\d+(\.\d+)*", version)
        if not numbers:
            return Greeting(False, True, f"“{version[:40]}” is not a Web Connector version this service can read.")
        if int(version.split(".")[0]) < self._oldest:
            return Greeting(
                False,
                True,
                f"Web Connector {version} is too old. Install one of {', '.join(self._versions)}, then run it again.",
            )
        return Greeting(False, False, f"{version} - not on the list of supported versions; it goes on with a warning")

    def judge(self, host: HostAnswer, country: str) -> dict[str, Any]:
        """What QuickBooks says of itself, with `supported` and the sentence that says why not."""
        country = (host.country or country).strip().upper()
        year, edition = _year(host), next((e for e in self._editions if e.lower() in host.product.lower()), "")
        found = {
            "product": host.product,
            "country": country,
            "year": year,
            "edition": edition,
            "company": host.company_name,
            "file_mode": host.file_mode,
            "qbxml_version": self._version(host.versions),
            "preferences": _useful(host.preferences),
        }
        sentence = self._why_not(host, country, year, edition)
        return {**found, "supported": not sentence, "sentence": sentence}

    def _why_not(self, host: HostAnswer, country: str, year: int, edition: str) -> str:
        years = self._countries.get(country)
        supported = " and ".join(COUNTRY_NAMES[code] for code in self._countries)
        if "online" in host.product.lower():
            return "QuickBooks Online cannot be used; Tieout works with QuickBooks Desktop only."
        if years is None:
            where = COUNTRY_NAMES.get(country, country or "unknown")
            return f"QuickBooks edition of {where} is not supported; supported are {supported}."
        if year not in years:
            span = f"{min(years)} to {max(years)}"
            return f"{host.product or 'This QuickBooks'} is not supported; supported are QuickBooks Desktop {span}."
        if not edition:
            return f"{host.product} is not supported; supported are {', '.join(self._editions)}."
        if not self._version(host.versions):
            return f"{host.product} names no qbXML version this service can send."
        return ""

    def _version(self, versions: tuple[str, ...]) -> str:
        """The newest version we can send, in the very token QuickBooks uses; plain ones before prefixed."""
        able = [token for token in versions if (number := _number(token)) and number <= self._newest]
        return max(able, key=lambda token: (_number(token), token[:1].isdigit()), default="")


def _number(token: str) -> tuple[int, int]:
    match = re.fullmatch(r"[A-Z]{0,2}(\d+)\.(\d+)", str(token).strip())
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _year(host: HostAnswer) -> int:
    """The product's year: written out, or counted from its major version (16 was 2006, 34 is 2024)."""
    if match := re.search(r"\b(20\d\d)\b", host.product):
        return int(match[1])
    return 1990 + int(host.major) if host.major.isdigit() else 0


def _useful(preferences: dict[str, str]) -> dict[str, str]:
    """The preferences that decide what can be written."""
    names = (
        "JobsAndEstimatesPreferences/IsUsingEstimates",
        "PurchasesAndVendorsPreferences/IsUsingInventory",
        "AccountingPreferences/ClosingDate",
        "ReportsPreferences/SummaryReportBasis",
        "MultiCurrencyPreferences/IsMultiCurrencyOn",
    )
    return {name: preferences[name] for name in names if name in preferences}
