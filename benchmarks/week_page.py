"""How quickly the week page answers: python -m benchmarks.week_page [debtors] [routes] [times].

The application as it is started by hand, on a copy of the demo whose newest plan of the first branch has been grown to
the wanted numbers of debtors left out and of routes (whole routes and debtors are repeated a little beside where they
are), seen in a real Chromium as its manager, with all days shown. Wall time, medians: from the address to a page whose
map, timeline and table can be used; from a click on a stop of the map, or on a visit of the timeline, until both show
it, and until the debtor's card is there; from a click on a day until that day is drawn. The machine's load is told.
"""

from __future__ import annotations

import copy
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Page, sync_playwright

from benchmarks.app_server import running
from planner.domain import Principal, Role
from planner.store import SavedPlan, open_store

ROOT = Path(__file__).parent.parent
BRANCH, PATIENCE_MS = "YX01", 60_000
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MANAGER = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))
ASIDE_DEG = 0.0007


def grown(saved: SavedPlan, debtors: int, routes: int) -> SavedPlan:
    """Give a plan with more routes and more debtors left out, by repeating those there are."""
    problem, plan, context, metrics = (
        copy.deepcopy(dict(one)) for one in (saved.problem, saved.plan, saved.context, saved.metrics)
    )
    visits = {visit["id"]: visit for visit in problem["visits"]}
    before = [route for route in plan["routes"] if route["stops"]]
    for k in range(max(0, routes - len(before))):
        repeat_route(k, before[k % len(before)], problem, plan, context, metrics, visits)
    left = list(plan["left_out"])
    planned = sum(len(route["stops"]) for route in plan["routes"])
    for k in range(max(0, debtors - planned - len(left) - len(context["removed"]))):
        one = left[k % len(left)]
        name = f"{one['visit']}x{k}"
        plan["left_out"].append({**one, "visit": name})
        context["debtors"][name] = moved(context["debtors"][one["visit"]], k)
    return replace(
        saved,
        plan_id="grown",
        parent=saved.plan_id,
        created_at=saved.created_at + timedelta(seconds=1),  # the newest is shown
        problem=problem,
        plan=plan,
        context=context,
        metrics=metrics,
    )


def moved(debtor: dict[str, Any], k: int) -> dict[str, Any]:
    """Give a debtor a little beside."""
    where = {name: debtor[name] + ASIDE_DEG * (k % 7 - 3) for name in ("lon", "lat") if debtor[name] is not None}
    return {**debtor, **where}


def repeat_route(
    k: int,
    route: dict[str, Any],
    problem: dict[str, Any],
    plan: dict[str, Any],
    context: dict[str, Any],
    metrics: dict[str, Any],
    visits: dict[str, Any],
) -> None:
    """Add a route like another one, of a crew of its own."""
    name, old = f"{route['shift']}r{k}", route["shift"]
    shift = context["shifts"][old]
    crew = {"crew_id": f"R{k}", "crew_name": f"Crew {k}", "colour": 8 + k}
    known = next(one for one in problem["shifts"] if one["id"] == old)
    problem["shifts"].append({**known, "id": name, **({"crew": crew["crew_id"]} if "crew" in known else {})})
    context["shifts"][name] = {**shift, **crew, "shift_id": name}
    context["lines"][name] = [[lon + ASIDE_DEG, lat + ASIDE_DEG] for lon, lat in context["lines"].get(old, [])]
    stops = []
    for stop in route["stops"]:
        visit = f"{stop['visit']}r{k}"
        problem["visits"].append({**visits[stop["visit"]], "id": visit})
        context["debtors"][visit] = moved(context["debtors"][stop["visit"]], k)
        context["options"][visit] = context["options"][stop["visit"]]
        stops.append({**stop, "visit": visit})
    plan["routes"].append({**route, "shift": name, "stops": stops})
    for table in (metrics["routes"], metrics.get("finish", {}).get("routes", {})):
        if old in table:
            table[name] = copy.deepcopy(table[old])
            if "stops" in table[name]:
                table[name]["stops"] = {f"{one}r{k}": facts for one, facts in table[name]["stops"].items()}


def copied(var: Path) -> None:
    """Copy the demo's data into a folder; what is large and never changed is linked."""
    for path in (ROOT / "var").iterdir():
        if path.name.startswith("rounds.sqlite"):
            shutil.copy(path, var / path.name)
        elif path.is_dir():
            (var / path.name).symlink_to(path)


def prepare(var: Path, debtors: int, routes: int) -> str:
    """Copy the demo, grow its newest plan, and give the plan's week."""
    copied(var)
    store = open_store(f"sqlite:///{var / 'rounds.sqlite'}")
    today = time.strftime("%G-W%V")
    rows = store.plans(MANAGER, BRANCH, today)
    if not rows:
        raise SystemExit(f"The demo has no plan of {today}: run make demo.")
    saved = store.plan(MANAGER, rows[0].plan_id)
    store.save_plan(MANAGER, grown(saved, debtors, routes))
    store.close()
    return today


def until(what: Callable[[], object]) -> float:
    """Give the seconds that something takes."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def told(name: str, seconds: list[float]) -> None:
    """Print a median."""
    print(f"{name:<44} {statistics.median(seconds):5.2f} s   slowest {max(seconds):5.2f}   of {len(seconds)}")


def loaded(page: Page, address: str) -> None:
    """Open the page until map, timeline and table can be used."""
    page.goto(address)
    frame = page.frame_locator("iframe")
    frame.locator(".block").first.wait_for(timeout=PATIENCE_MS)
    frame.locator(".rounds-stop").first.wait_for(timeout=PATIENCE_MS)
    page.locator("[data-testid=stDataFrame] canvas").first.wait_for(timeout=PATIENCE_MS)


def clicks(page: Page, frame: FrameLocator, sign: str, times: int) -> tuple[list[float], list[float]]:
    """Click stops far apart; give the seconds until map and timeline show it, and until the card is there."""
    both, card = [], []
    total = frame.locator(sign).count()
    for k in range(times):
        one = frame.locator(sign).nth((7 + 37 * k) % total)
        number = one.inner_text() or one.text_content()
        began = time.perf_counter()
        one.dispatch_event("click")
        chosen = frame.locator(".block.chosen").filter(has_text=str(number))
        chosen.wait_for(state="attached", timeout=PATIENCE_MS)
        frame.locator(".rounds-stop.chosen").wait_for(state="attached", timeout=PATIENCE_MS)
        both.append(time.perf_counter() - began)
        label = str(chosen.get_attribute("aria-label")).split(", ")[1]
        page.locator(".st-key-beside strong").filter(has_text=f"{number} · {label}").wait_for(timeout=PATIENCE_MS)
        card.append(time.perf_counter() - began)
        page.wait_for_timeout(400)
    return both, card


@contextmanager
def seen(var: Path, *, width: int = 1440, height: int = 900) -> Iterator[tuple[Page, str]]:
    """Run the application on a folder; give a page of its manager in a real Chromium, and the address."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ROUNDS_", "STREAMLIT_"))}
    with (
        sync_playwright() as play,
        running("app.py", ROOT, kept | {"ROUNDS_VAR": str(var)}, var / "app.log") as base,
    ):
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
        cookies = {"rounds_role": MANAGER.name, "rounds_language": "en"}
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        yield context.new_page(), base


def main() -> None:
    """Measure and print."""
    debtors, routes, times = (int(one) for one in (sys.argv[1:] + ["3000", "30", "9"][len(sys.argv) - 1 :])[:3])
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        week = prepare(var, debtors, routes)
        with seen(var) as (page, base):
            address = f"{base}/week?week={week}&day=all"
            first = until(lambda: loaded(page, address))
            frame = page.frame_locator("iframe")
            drawn, visits = frame.locator(".rounds-lines .line").count(), frame.locator(".block").count()
            print(f"{debtors} debtors, {drawn} routes, {visits} visits; "
                  f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
            print(f"{'the very first view of a fresh application':<44} {first:5.2f} s")
            told("address to interactive", [until(lambda: loaded(page, address)) for _ in range(times)])
            page.wait_for_timeout(1500)
            for name, sign in (("a stop of the map", ".rounds-stop"), ("a visit of the timeline", ".block")):
                both, card = clicks(page, frame, sign, times)
                told(f"{name}: map and timeline", both)
                told(f"{name}: the card", card)
            days = page.locator(".st-key-week-filters [role=radio]")

            def day(k: int) -> None:
                days.nth(1 + k % 5).click()
                frame.locator(".rounds-lines:not(:has(.day))").wait_for(state="attached", timeout=PATIENCE_MS)
                frame.locator(".block").first.wait_for(timeout=PATIENCE_MS)

            def all_days() -> None:
                days.nth(0).click()
                frame.locator(".rounds-lines .day").first.wait_for(timeout=PATIENCE_MS)

            seconds = []
            for k in range(times):
                seconds.append(until(lambda k=k: day(k)))
                seconds.append(until(all_days))
            told("another day, and back to all", seconds)
            print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
