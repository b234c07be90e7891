"""Rules by clicks: a rule edited, tried on today's items, activated by a second person, and taken back at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from app.db.models import Connection, Item
from app.services.verdicts import verdicts
from tests import ruling
from tests.browser.conftest import picture, signed_in
from tests.browser.living import Living

pytestmark = pytest.mark.browser
WHY = "Board decision of 3 March"
LIMIT = "20000.00"


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[[], Page]]:
    """A window for each person; a refused form answers 422, which a browser counts as a complaint."""
    contexts: list[BrowserContext] = []

    def opened() -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def free_and_over(living: Living, cents: int) -> list[str]:
    """Commitments that could be accepted now, and are worth more."""
    running = living.demo
    with running.services.database.reading() as session:
        connection = session.get_one(Connection, running.connection_id)
        query = select(Item).where(Item.kind == "commitment", Item.state == "sent", Item.cents > cents)
        told = verdicts(session, connection, list(session.execute(query).scalars()))
    return [one.gathered.item.name for one in told.values() if one.decision and one.decision.allowed]


def write(page: Page, text: str, press: str = "Keep as") -> None:
    """Type the file and press a button."""
    page.get_by_label("The file as it is to be").fill(text)
    page.get_by_label("Why it changes").fill(WHY)
    page.get_by_role("button", name=press).click()


def open_file(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="File").select_option(name)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


@pytest.mark.requirement("RUL-02", "RUL-05", "RUL-06")
def test_moment_08_a_rule_is_tried_before_it_decides_and_taken_back_in_one_click(
    window: Callable[[], Page], fresh_living: Living, tmp_path: Path
) -> None:
    url, ike = fresh_living.demo.url, signed_in(window(), fresh_living.demo, "ike")
    large = free_and_over(fresh_living, 20_000_00)
    assert large

    ike.get_by_role("link", name="Rules", exact=True).click()
    ike.get_by_role("link", name="Change a rule").click()
    open_file(ike, ruling.OWN)
    write(ike, ruling.limit_rule(LIMIT).replace("at_most", "at_mots"), "Check")
    expect(ike.get_by_role("complementary", name="What is wrong")).to_contain_text("Line 5, column 15")
    ike.get_by_role("link", name="Line 5, column 15").click()
    assert ike.evaluate(
        "document.activeElement.value.slice(document.activeElement.selectionStart).split('\\n')[0]"
    ) == ("at_mots: {amount: 20000.00}}")
    write(ike, ruling.limit_rule(LIMIT))
    expect(ike.get_by_text("No example makes the rule 'commitment-large' speak.")).to_be_visible()
    ike.get_by_role("link", name=f"Open {ruling.OWN_EXAMPLES}").click()
    begun = ike.get_by_label("The file as it is to be").input_value()
    write(ike, begun.replace("examples: []", ruling.examples(LIMIT, "20000.01", "deny")))
    expect(ike.get_by_text("examples pass")).to_be_visible()
    expect(ike.get_by_role("button", name="Activate for")).to_be_disabled()

    uma = signed_in(window(), fresh_living.demo, "uma")
    uma.goto(f"{url}/rules/")
    uma.get_by_role("link", name="Preview draft 1").click()
    expect(uma.locator("#counts")).to_contain_text(f"{len(large)} newly blocked")
    expect(uma.locator("#counts")).to_contain_text("0 newly allowed")
    names = uma.locator("#newly-blocked tbody tr td:first-child a").all_inner_texts()
    assert sorted(names) == sorted(large)
    picture(uma, tmp_path, "moment-08")
    uma.get_by_label("Why it is right").fill("As the board decided")
    uma.get_by_role("button", name="Activate for").click()
    expect(uma.get_by_role("status")).to_contain_text("Version 2 decides now.")
    uma.goto(f"{url}/items/commitment")
    expect(uma.get_by_text("more than 20,000.00").first).to_be_visible()

    uma.goto(f"{url}/rules/versions/1/preview")
    expect(uma.locator("#counts")).to_contain_text(f"{len(large)} newly allowed")
    uma.get_by_label("Why").fill("Too many were blocked")
    uma.get_by_role("button", name="Roll back to version 1").click()
    expect(uma.get_by_role("status")).to_contain_text("Version 3 decides now; it is the content of version 1.")
    expect(uma.locator("#versions tbody tr")).to_have_count(3)
    picture(uma, tmp_path, "moment-08-back")
    uma.goto(f"{url}/items/commitment")
    expect(uma.get_by_text("more than 20,000.00")).to_have_count(0)
