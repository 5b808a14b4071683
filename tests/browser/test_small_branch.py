"""A manager's week on a branch of two crews, where planning takes seconds: move, certainty, what if, files, widths."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from planner.store import Store
from planner.week import iso_week
from tests.browser.branches import SMALL, copy_with_small, manager, next_monday, next_week
from tests.browser.conftest import OpenPage
from tests.browser.demo import ROOT, VAR, environment
from tests.browser.screens import PHONE, PLAN_MS, badge, choose, map_of, nothing_overflows, pick, settled
from tests.browser.server import application

pytestmark = pytest.mark.browser

WIDE = (1440, 1400)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (VAR / "rounds.sqlite").is_file():
        pytest.skip("The demo is not set up: run make setup.")
    return tmp_path_factory.mktemp("small")


@pytest.fixture(scope="module")
def kept(var: Path) -> Iterator[Store]:
    store = copy_with_small(var)
    yield store
    store.close()


@pytest.fixture(scope="module")
def app(kept: Store, var: Path) -> Iterator[str]:
    """Run the application over a copy with the small branch."""
    with application(var) as address:
        yield address


def week_of(open_page: OpenPage, **wishes: object) -> Page:
    """Open Tuesday of next week: both crews work then."""
    tuesday = next_monday() + timedelta(days=1)
    wanted = {"size": WIDE, "role": f"manager.{SMALL}", **wishes}
    page = open_page(f"/week?week={next_week()}&day={tuesday}", **wanted)
    expect(map_of(page).locator(".block").first).to_be_visible()
    settled(page)
    return page


def crew_of_day(store: Store) -> dict[str, tuple[str, int]]:
    """Give crew and place in the order by debtor, in the newest plan."""
    row = store.plans(manager(SMALL), SMALL, next_week())[0]
    saved = store.plan(manager(SMALL), row.plan_id)
    return {
        stop["visit"]: (route["shift"], k) for route in saved.plan["routes"] for k, stop in enumerate(route["stops"])
    }


def test_a_visit_is_moved_to_another_crew_and_day_at_its_price_undone_and_redone(
    open_page: OpenPage, kept: Store
) -> None:
    page = week_of(open_page)
    before = crew_of_day(kept)
    blocks, panel = map_of(page).locator(".block"), page.locator(".st-key-edit_panel")
    many = blocks.count()
    blocks.first.click()
    expect(page.locator(".st-key-why strong").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    page.locator(".st-key-edit_card").get_by_role("button", name="Move").click()
    choose(page, page.get_by_role("combobox", name="Move to"), re.compile("^Thu .*Crew B"))
    page.get_by_role("button", name="What would it cost?").click()
    # The price stands there before anything has changed.
    expect(panel.locator("table")).to_contain_text("For the plan in all", timeout=PLAN_MS)
    expect(panel.locator("table")).to_contain_text("Expected uplift")
    expect(blocks).to_have_count(many)
    assert crew_of_day(kept) == before
    page.get_by_role("button", name="Take it").click()
    expect(panel).to_have_count(0)
    expect(blocks).to_have_count(many - 1)
    after = crew_of_day(kept)
    moved = [name for name in before if name in after and before[name][0] != after[name][0]]
    assert len(moved) == 1
    assert re.search(r"-B-\d+$", after[moved[0]][0])
    settled(page)
    page.keyboard.press("Control+z")
    expect(blocks).to_have_count(many)
    settled(page)
    page.get_by_role("button", name="Redo").click()
    expect(blocks).to_have_count(many - 1)
    settled(page)
    page.reload()
    expect(blocks).to_have_count(many - 1)
    expect(page.get_by_role("button", name=re.compile("^.*1 change since"))).to_be_visible()


def test_a_visit_is_taken_out_at_a_price_undone_redone_and_stays_out(open_page: OpenPage) -> None:
    page = week_of(open_page)
    blocks, panel = map_of(page).locator(".block"), page.locator(".st-key-edit_panel")
    many = blocks.count()
    blocks.nth(1).click()
    page.locator(".st-key-edit_card").get_by_role("button", name="Take out").click()
    page.get_by_role("button", name="What would it cost?").click()
    expect(panel.locator("table")).to_contain_text("Expected uplift", timeout=PLAN_MS)
    expect(blocks).to_have_count(many)
    page.get_by_role("button", name="Take it").click()
    expect(panel).to_have_count(0)
    expect(blocks).to_have_count(many - 1)
    page.get_by_role("button", name="Undo").click()
    expect(blocks).to_have_count(many)
    page.get_by_role("button", name="Redo").click()
    expect(blocks).to_have_count(many - 1)
    settled(page)
    # Only what changed was drawn anew: it is what a page that draws everything shows.
    patched = drawn(page)
    assert len(patched["signs"]) == len(patched["blocks"]) == many - 1
    page.reload()
    expect(blocks).to_have_count(many - 1)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    settled(page)
    assert drawn(page) == patched


def drawn(page: Page) -> dict[str, list[str]]:
    """All that map and timeline show, in order: blocks, signs with their places on the ground, lines, the legend."""
    frame = next(one for one in page.frames if "st_folium" in one.url)
    found: dict[str, list[str]] = frame.evaluate("""() => {
      const all = (sign, say) => [...document.querySelectorAll(sign)].map(say);
      const plain = (e) => e.className.replace(/ ?(chosen|hover|leaflet-\\S+)/g, "").trim();
      const ground = [];
      window.map.eachLayer((one) => {
        if (one.getIcon && one.getElement && one.getElement().classList.contains("rounds-stop"))
          ground.push([one.getLatLng().lat, one.getLatLng().lng, plain(one.getElement()), one.getElement().textContent,
            one.getElement().style.getPropertyValue("--crew")].join());
      });
      return {
        blocks: all(".block", (e) => [e.getAttribute("aria-label"), e.style.left, e.style.width, plain(e)].join()),
        rows: all(".rounds-lines .line, .rounds-lines .day", (e) => e.textContent),
        pieces: all(".travel, .wait, .break, .back", (e) => [e.className, e.style.left, e.style.width].join()),
        signs: ground.sort(),
        lines: all(".leaflet-pane path.leaflet-interactive", (e) => e.getAttribute("stroke")),
        legend: all(".rounds-legend", (e) => e.textContent),
      };
    }""")
    return found


def test_how_sure_routes_should_be_is_chosen_and_the_next_plan_keeps_it(open_page: OpenPage, kept: Store) -> None:
    page = week_of(open_page)
    page.get_by_role("button", name="In time: as it comes").click()
    slider = page.get_by_role("slider").first
    slider.focus()
    for _step in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="In time: 90%")).to_be_visible()
    settled(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Plan again", exact=True).click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=PLAN_MS)
    settled(page)
    expect(page.locator("iframe[title*=folium]")).to_have_count(1)
    expect(map_of(page).locator(".block").first).to_be_visible(timeout=PLAN_MS)
    row = kept.plans(manager(SMALL), SMALL, next_week())[0]
    assert row.metrics["finish"]["certainty"] == 0.9
    chances = [one["in_time"] for one in row.metrics["finish"]["routes"].values()]
    assert chances
    assert min(chances) > 0.85


def test_the_week_that_was_chosen_goes_along_to_the_next_page(open_page: OpenPage) -> None:
    """Its box once began with its first option there, and the next click would have planned a week that is over."""
    page = week_of(open_page)
    label = page.get_by_role("combobox", name="Week").input_value()
    for there in ("What if", "Week"):
        page.get_by_role("link", name=there, exact=True).click()
        settled(page)
        expect(page.get_by_role("combobox", name="Week")).to_have_value(label)
        expect(page).to_have_url(re.compile(f"week={next_week()}"))


def test_two_scenarios_lie_side_by_side_one_is_adopted_and_one_deleted(open_page: OpenPage, kept: Store) -> None:
    for row in kept.scenarios(manager(SMALL), SMALL, next_week()):  # of a try before this one
        kept.put_away_scenario(manager(SMALL), row.plan_id, now=datetime.now(UTC))
    page = week_of(open_page)
    page.goto(f"/what-if?week={next_week()}")
    scenario(page, "One crew less", "Crews off")
    scenario(page, "One crew more", "One more crew like")
    expect(page.locator("table.what-if thead th")).to_have_count(4)
    for number in (0, 1):
        there = page.locator("iframe[title*=folium]").nth(number).content_frame
        expect(there.locator(".rounds-stop").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    nothing_jumps_when_maps_come(page, page.get_by_role("button", name="Adopt “One crew more” as a draft"))
    # The newest stands beside the plan: it has a crew that the branch lacks, which is said before it is adopted.
    expect(page.get_by_text("It needs what the branch does not have: one more crew (like Crew B)")).to_be_visible()
    page.get_by_role("button", name="Adopt “One crew more” as a draft").click()
    expect(page.get_by_text("The draft is on the page Week")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="To the draft").click()
    expect(badge(page, "Draft")).to_be_visible(timeout=PLAN_MS)
    expect(page.get_by_text("adopted from the scenario “One crew more”")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="What if", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Delete the scenario “One crew more”?")).to_be_visible()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator("table.what-if thead th")).to_have_count(3)
    expect(page.locator("table.what-if")).not_to_contain_text("One crew more")
    assert len(kept.scenarios(manager(SMALL), SMALL, next_week())) == 1
    # The draft stays, and is not published before its crew is there.
    page.get_by_role("link", name="Week", exact=True).click()
    expect(badge(page, "Draft")).to_be_visible(timeout=PLAN_MS)
    expect(page.get_by_text("adopted from the scenario “One crew more”")).to_be_visible()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_disabled()


def nothing_jumps_when_maps_come(page: Page, below: Locator) -> None:
    """Open the page anew with its maps held back: what stands below them is where it will be. Maps once moved it."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "document":
            held.append(route)
        else:
            route.continue_()

    page.route("**/streamlit_folium.st_folium/index.html*", hold)
    page.reload()
    expect(below).to_be_visible()
    expect(page.locator("iframe[title*=folium]")).to_have_count(2)
    settled(page)
    assert len(held) == 2
    below.evaluate("""(here) => {
      window.places = new Set();
      const look = () => { window.places.add(here.getBoundingClientRect().top); requestAnimationFrame(look); };
      look();
    }""")
    for route in held:
        route.continue_()
    page.unroute_all()
    for frame in page.locator("iframe[title*=folium]").all():
        expect(frame.content_frame.locator(".rounds-stop").first).to_be_visible(timeout=PLAN_MS)
    page.wait_for_timeout(500)  # a frame that asks for its height late
    assert len(page.evaluate("[...window.places]")) == 1


def scenario(page: Page, name: str, box: str) -> None:
    """Plan a scenario with the second crew in one of the form's boxes."""
    settled(page)
    if not page.get_by_test_id("stForm").is_visible():
        page.get_by_text("New scenario").click()
        expect(page.get_by_test_id("stForm")).to_be_visible()
    pick(page, page.get_by_role("combobox", name=box), page.get_by_role("option", name="Crew B"))
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Name").fill(name)
    ready = page.get_by_role("button", name="Plan this scenario")
    expect(ready).to_be_enabled(timeout=PLAN_MS)  # on a busy machine the one before still ends
    ready.click()
    # For a moment the table of before may stand beside the new one.
    expect(page.locator("table.what-if").filter(has_text=name)).to_have_count(1, timeout=PLAN_MS)
    settled(page)


def take(page: Page, label: str) -> bytes:
    with page.expect_download(timeout=PLAN_MS) as coming:
        page.get_by_test_id("stDownloadButton").filter(has_text=label).get_by_role("button").click()
    return Path(str(coming.value.path())).read_bytes()


def test_every_file_of_the_week_is_read_back_and_tells_of_the_same_visits(open_page: OpenPage, kept: Store) -> None:
    page = week_of(open_page)
    row = kept.plans(manager(SMALL), SMALL, next_week())[0]
    saved = kept.plan(manager(SMALL), row.plan_id)
    visits = sum(len(route["stops"]) for route in saved.plan["routes"])
    crew = {one["id"]: one["crew"] for one in saved.problem["shifts"]}
    first = sum(len(route["stops"]) for route in saved.plan["routes"] if crew[route["shift"]] == f"{SMALL}-A")
    page.get_by_role("button", name="Take with you").click()
    book = openpyxl.load_workbook(io.BytesIO(take(page, "Workbook")))
    assert book["Stops"].max_row - 1 == visits
    features = json.loads(take(page, "GeoJSON"))["features"]
    assert {one["geometry"]["type"] for one in features} >= {"LineString", "Point"}
    sheets = pypdfium2.PdfDocument(take(page, "Route sheets"))
    text = "\n".join(one.get_textpage().get_text_range() for one in sheets)
    assert "Invented" in text
    calendar = take(page, "Calendar").decode()
    assert calendar.count("BEGIN:VEVENT") >= 1
    assert "Invented" not in calendar
    track = ET.fromstring(take(page, "GPX"))
    assert len(track.findall("{http://www.topografix.com/GPX/1/1}wpt")) >= first
    assert "Invented" not in ET.tostring(track, encoding="unicode")
    wall = pypdfium2.PdfDocument(take(page, "Wall page"))
    assert len(wall) == 1


def test_everything_is_packed_into_one_zip_whose_making_is_told_and_found_again_after_a_reload(
    open_page: OpenPage, kept: Store
) -> None:
    page = week_of(open_page)
    page.get_by_role("button", name="Take with you").click()
    page.get_by_role("button", name="Everything in one ZIP").click()
    ready = page.get_by_test_id("stDownloadButton").filter(has_text="Take the ZIP: 9 files")
    expect(page.get_by_text(re.compile(r": \d of 9$")).or_(ready).first).to_be_visible()
    page.reload()
    expect(map_of(page).locator(".block").first).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Take with you").click()
    expect(ready).to_be_visible(timeout=PLAN_MS)
    expect(page.get_by_role("button", name="Everything in one ZIP")).to_have_count(0)
    archive = zipfile.ZipFile(io.BytesIO(take(page, "Take the ZIP")))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(names) == len(set(names)) == 9
    for ending, many in ((".xlsx", 1), (".pdf", 3), (".geojson", 1), (".ics", 2), (".gpx", 2)):
        assert sum(name.endswith(ending) for name in names) == many
    noted = [one.ids["file"] for one in kept.audit_entries(manager(SMALL), SMALL) if one.what.startswith("export.")]
    assert len(noted) >= 9


@pytest.mark.parametrize("width", [1280, 1920, 2560])
def test_the_week_fits_every_desk(open_page: OpenPage, width: int) -> None:
    page = week_of(open_page, size=(width, 1000))
    nothing_overflows(page)
    frame = page.locator("iframe[title*=folium]").first.bounding_box()
    # Map and timeline use the width that there is.
    assert frame is not None
    assert frame["width"] > 0.45 * width


def test_a_visit_is_moved_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = week_of(open_page)
    panel, form = page.locator(".st-key-edit_panel"), page.get_by_test_id("stPopoverBody")

    def tab(times: int = 1) -> Locator:
        for _n in range(times):
            page.keyboard.press("Tab")
        return page.locator(":focus")

    page.keyboard.press("Alt+j")
    expect(page.locator(".st-key-week-card")).to_be_focused()
    expect(page.locator(".st-key-why strong").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    expect(tab(3)).to_contain_text("Move")
    page.keyboard.press("Enter")
    expect(form.get_by_role("combobox", name="Move to")).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):  # another shift, and what can be chosen there
        page.keyboard.press(key)
    expect(form.get_by_role("combobox", name="Move to")).to_be_focused()
    order = form.get_by_role("combobox", name="Place in the order")
    tab()
    page.wait_for_timeout(300)  # the field of the shift before is still there, and goes
    settled(page)
    expect(order).to_have_count(1)
    expect(order).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(order).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(order).to_have_attribute("aria-expanded", "false")
    page.wait_for_timeout(300)  # a hand is no faster; the list is gone from the page only then
    settled(page)
    expect(tab()).to_contain_text("What would it cost?")
    page.keyboard.press("Enter")
    expect(panel).to_be_focused(timeout=PLAN_MS)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    # What had the keyboard is gone: it goes on where it was, not from the top of the page.
    expect(page.locator(".st-key-beside :focus, .st-key-beside:focus")).to_have_count(1)


def test_a_tooltip_of_the_timeline_does_not_come_back_by_itself(open_page: OpenPage) -> None:
    page = week_of(open_page)
    tip = map_of(page).locator(".rounds-float.shown")
    block = map_of(page).locator(".block").first
    block.hover()
    expect(tip).to_be_visible()
    block.click()
    expect(page.locator(".st-key-why strong").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    # Whoever clicks beside the frame has left it; drawn anew, what lies where the pointer was has nothing to tell.
    page.locator(".st-key-edit_card").get_by_role("button", name="Lock").click()
    expect(tip).to_have_count(0)
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Lock").click()
    expect(map_of(page).locator(".block.locked")).to_have_count(1, timeout=PLAN_MS)
    settled(page)
    expect(tip).to_have_count(0)


def test_a_buttons_tooltip_does_not_lie_over_its_open_form(open_page: OpenPage) -> None:
    page = week_of(open_page)
    map_of(page).locator(".block").first.click()
    expect(page.locator(".st-key-why strong").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    page.locator(".st-key-edit_card").get_by_role("button", name="Move").hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    page.locator(".st-key-edit_card").get_by_role("button", name="Move").click()
    expect(page.get_by_role("combobox", name="Move to")).to_be_visible()
    expect(page.get_by_role("tooltip")).to_have_count(0)  # of those that can be seen


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_the_button_of_every_form_of_the_card_is_seen_without_scrolling(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = week_of(open_page, size=size)
    map_of(page).locator(".block").nth(1).click()
    expect(page.locator(".st-key-why strong").first).to_be_visible(timeout=PLAN_MS)
    settled(page)
    if size[0] > 640:  # at a desk all of it is on the first screen, where a click on the timeline may have scrolled
        page.get_by_test_id("stMain").evaluate("page => page.scrollTo(0, 0)")
    form = page.get_by_test_id("stPopoverBody")
    for opens, sends in (("Move", "What would it cost?"), ("Lock", "Lock"), ("Apart", "What would it cost?"),
                         ("Take out", "What would it cost?")):  # fmt: skip
        page.locator(".st-key-edit_card").get_by_role("button", name=opens).click()
        button = form.get_by_role("button", name=sends)
        expect(button).to_be_visible()
        expect(button).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        expect(form).to_have_count(0)


def test_the_list_of_changed_visits_is_cut_nowhere(open_page: OpenPage, kept: Store, var: Path) -> None:
    """A week of its own, planned twice: what is published of it stands in no other test's way."""
    week = iso_week(next_monday() + timedelta(days=7))
    command = [sys.executable, "-m", "planner", "plan", "--branch", SMALL, "--week", week, "--seconds", "2"]
    for publish in (True, False):
        subprocess.run(command, cwd=ROOT, env=environment(var), check=True, capture_output=True, timeout=240)
        if publish:
            kept.publish(manager(SMALL), kept.plans(manager(SMALL), SMALL, week)[0].plan_id, now=datetime.now(UTC))
    newest = kept.plans(manager(SMALL), SMALL, week)[0].plan_id
    for size, language in (((1440, 900), "en"), (PHONE, "zh")):
        page = open_page(f"/week?week={week}&plan={newest}", role=f"manager.{SMALL}", size=size, language=language)
        page.get_by_role("button", name=re.compile("visits? changed|户有变")).click()
        listed = page.get_by_test_id("stPopoverBody").locator("table:visible")
        expect(listed).to_be_visible()
        settled(page)
        nothing_overflows(page)
        cut = listed.evaluate("""table => {
          const edge = Math.min(table.parentElement.getBoundingClientRect().right, innerWidth) + 1;
          const over = (one) => one.getBoundingClientRect().right > edge || one.scrollWidth > one.clientWidth + 1;
          return [...table.querySelectorAll("td, th")].filter(over).map((one) => one.textContent);
        }""")
        assert cut == []
