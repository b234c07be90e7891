"""Which Web Connectors and which QuickBooks the shipped list lets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.qbxml.parse import HostAnswer
from app.services.hosts import HostPolicy

POLICY = HostPolicy(Path(__file__).parents[2] / "rules" / "web_connector.yaml")
EDITIONS = ("Pro", "Premier Contractor", "Enterprise Solutions: Contractor", "Accountant")


def host(product: str, country: str) -> HostAnswer:
    return HostAnswer(product, "34", "0", country, ("12.0", "13.0"), "SingleUser", "Acme", {}, {})


@pytest.mark.parametrize(
    "version",
    [
        pytest.param("31.0.10015.29", marks=pytest.mark.requirement("ENV-02")),
        pytest.param("32.0.10011.30", marks=pytest.mark.requirement("ENV-03")),
        pytest.param("33.0.1006.28", marks=pytest.mark.requirement("ENV-04")),
        pytest.param("34.0.1001.27", marks=pytest.mark.requirement("ENV-05")),
    ],
)
def test_a_listed_web_connector_is_supported(version: str) -> None:
    greeting = POLICY.greet(version)
    assert (greeting.supported, greeting.refused) == (True, False)
    assert greeting.sentence == f"{version} - supported"


@pytest.mark.requirement("ENV-06")
def test_an_older_one_is_refused_and_another_unlisted_one_is_warned_of() -> None:
    old, new = POLICY.greet("30.9.9999.99"), POLICY.greet("35.0.0.1")
    assert old.refused
    assert "too old" in old.sentence
    assert (new.refused, new.supported) == (False, False)
    assert "warning" in new.sentence


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("country", "year"),
    [
        pytest.param("US", 2024, marks=pytest.mark.requirement("ENV-08")),
        pytest.param("US", 2023, marks=pytest.mark.requirement("ENV-09")),
        pytest.param("US", 2022, marks=pytest.mark.requirement("ENV-10")),
        pytest.param("CA", 2024, marks=pytest.mark.requirement("ENV-11")),
        pytest.param("CA", 2023, marks=pytest.mark.requirement("ENV-12")),
        pytest.param("CA", 2022, marks=pytest.mark.requirement("ENV-13")),
    ],
)
def test_a_supported_quickbooks_passes_and_online_does_not(country: str, year: int, edition: str) -> None:
    assert POLICY.judge(host(f"QuickBooks {edition} {year}", country), country)["supported"]
    online = POLICY.judge(host(f"QuickBooks Online {year}", country), country)
    assert not online["supported"]
    assert "Desktop only" in online["sentence"]


@pytest.mark.requirement("ENV-14")
def test_2021_is_refused_naming_what_is_supported() -> None:
    found = POLICY.judge(host("QuickBooks Pro 2021", "US"), "US")
    assert not found["supported"]
    assert "2022 to 2024" in found["sentence"]


@pytest.mark.requirement("ENV-17")
@pytest.mark.parametrize("country", ["UK", "AU", ""])
def test_another_country_is_refused_naming_the_supported_ones(country: str) -> None:
    found = POLICY.judge(host("QuickBooks Pro 2023", country), country)
    assert not found["supported"]
    assert "United States and Canada" in found["sentence"]
