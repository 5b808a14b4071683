"""Accounts in a real browser: one tap into the demo, out in all tabs, a person added, let in, and kept out again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.sign_in.keeper import GATE
from planner.domain import Principal, Role
from planner.store import Login, open_store
from tests.browser.conftest import OpenPage
from tests.browser.demo import BRANCH, Demo, copy_demo
from tests.browser.screens import choose_row, nothing_overflows, settled
from tests.browser.server import application
from tests.dashboard.provider import CLIENT, SECRET, Provider, running

pytestmark = pytest.mark.browser

PHONE = (390, 844)
WITHIN_S = 5.0


def stranger(open_page: OpenPage, path: str = "/login", **wishes: object) -> Page:
    """Open a page with nobody signed in."""
    page = open_page("/login", **wishes)
    page.context.clear_cookies(name="rounds_role")
    page.goto(path)
    return page


def tap(page: Page, key: str) -> None:
    page.locator(f"button[value='{key}']").click()


def out_within(page: Page, act: Callable[[], object]) -> float:
    """Give how long a tab stayed after something was done; it must have gone to the login page in time."""
    began = time.monotonic()
    act()
    page.wait_for_url("**/login*", timeout=1000 * WITHIN_S)
    return time.monotonic() - began


def another(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.goto(path)
    return page


@pytest.mark.parametrize(("language", "words"), [("en", "This is the demo"), ("zh", "这是演示")])
def test_the_login_page_offers_the_demos_accounts_on_a_phone(language: str, words: str, open_page: OpenPage) -> None:
    page = stranger(open_page, size=PHONE, language=language, touch=True)
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    nothing_overflows(page)
    low = page.locator("button").evaluate_all("all => all.filter(b => b.offsetHeight && b.offsetHeight < 44).length")
    assert low == 0
    page.goto("/m")
    assert page.url.endswith("/login?back=%2Fm")


def test_a_tap_leads_in_and_signing_out_reaches_every_tab(open_page: OpenPage, demo: Demo) -> None:
    page = stranger(open_page, "/overdue")
    assert page.url.endswith("/login?back=%2Foverdue")
    tap(page, "manager.YX01")
    page.wait_for_url("**/overdue")
    settled(page)
    token = next(one for one in page.context.cookies() if one["name"] == "rounds_session")
    assert token["httpOnly"]
    assert page.evaluate("document.cookie").find("rounds_session") < 0
    other, phone = another(page.context, "/words"), another(page.context, demo.phone)
    settled(other)
    page.goto("/account")
    out_within(other, lambda: page.get_by_role("button", name="Sign out").click())
    assert phone.reload().status == 200  # the login page
    expect(phone.get_by_role("heading", name="This is the demo")).to_be_visible()
    # What was stolen before is worth nothing now.
    page.context.add_cookies([token])
    assert page.request.get("/overdue").status == 401
    assert page.request.get(demo.phone.replace("/m/", "/m/api/")).status == 401


def test_a_person_is_added_changes_the_password_and_is_kept_out_again(open_page: OpenPage) -> None:
    boss = stranger(open_page)
    tap(boss, "administrator")
    boss.wait_for_url("**/people")
    for link in ("Overdue list", "Week", "Debtor"):
        expect(boss.get_by_role("link", name=link, exact=True)).to_have_count(0)
    boss.get_by_label("Name to sign in with").fill("xu.wen")
    boss.get_by_label("Name to sign in with").press("Enter")
    boss.get_by_test_id("stMultiSelect").get_by_role("combobox").click()
    boss.get_by_role("option").first.click()
    boss.keyboard.press("Escape")
    boss.get_by_role("button", name="Add, with a one-time password").click()
    once = boss.get_by_test_id("stCode").inner_text().strip()
    assert len(once) == 23

    page = stranger(open_page, size=PHONE)
    page.get_by_text("Sign in with an account of your own").click()
    page.get_by_label("Name").fill("xu.wen")
    page.get_by_label("Password").fill(once)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/password")
    assert page.request.get("/").status == 401
    page.get_by_label("The password you were given").fill(once)
    for label in ("New password", "Once more"):
        page.get_by_label(label).fill("three quiet horses")
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url("**/week*")
    settled(page)

    boss.reload()
    choose_row(boss, "xu.wen", shows=boss.get_by_text("May sign in", exact=True))
    boss.get_by_text("May sign in", exact=True).click()
    out_within(page, lambda: boss.get_by_role("button", name="Keep the change").click())


def test_another_role_makes_the_open_page_anew(open_page: OpenPage) -> None:
    page = stranger(open_page)
    tap(page, "manager.YX01")
    page.wait_for_url("**/week*")
    settled(page)
    page.wait_for_load_state("networkidle")  # what the old role's page still asked for would be refused
    other = another(page.context, "/account")
    tap(other, "regional_head")
    other.wait_for_url("**/regions*")
    # The first tab's session has ended; the browser's new one carries on there once it is loaded anew.
    expect(page).to_have_url(re.compile("/regions"), timeout=1000 * 3 * WITHIN_S)
    expect(page.get_by_role("link", name="My day", exact=True)).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize(("language", "words"), [("en", "Sign in at the bank"), ("zh", "用银行统一登录")])
def test_the_bank_leads_into_the_same_house(language: str, words: str, browser: Browser, tmp_path: Path) -> None:
    demo = copy_demo(tmp_path)
    with running(Provider(int(time.time()))) as provider:
        said = {"ISSUER": provider.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}
        store, now = open_store(f"sqlite:///{demo.database}"), datetime.now(UTC)
        boss = Principal("boss", Role.ADMINISTRATOR, frozenset({BRANCH}))
        login = Login("lin", Role.MANAGER, frozenset({BRANCH}), subject="u-17", language=language)
        store.logins.save(boss, login, password="", now=now)
        with application(demo.var, more={f"ROUNDS_OIDC_{name}": value for name, value in said.items()}) as address:
            context = browser.new_context(base_url=address, locale={"en": "en-GB", "zh": "zh-CN"}[language])
            page = context.new_page()
            page.goto("/overdue")
            page.locator("details summary").click()
            page.get_by_role("link", name=words).click()
            # The bank is another site to a browser: the cookies have to come along from there.
            page.wait_for_url("**/overdue*")
            settled(page)
            other = another(context, "/account")
            assert "lin" in other.locator("dl").inner_text()
            out_within(page, lambda: other.locator("form[action='/logout'] button").click())
            out = other.locator("a[href*='/end?']")
            expect(out).to_be_visible()
            assert str(out.get_attribute("href")).startswith(provider.issuer)
            context.close()
        assert store.logins.of_subject(GATE, "u-17") is not None
        store.close()
