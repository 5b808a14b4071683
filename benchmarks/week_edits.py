"""How quickly a change by hand is answered on the page: python -m benchmarks.week_edits [debtors] [routes] [times].

As ``benchmarks.week_page``, on the newest plan of the week ahead, since what has passed is not changed; a demo without
one plans it first. Without numbers the demo's own plan is measured. Wall time, medians, each from a click in a real
Chromium: until the price of a move or of taking a visit out is shown; from “Take it” until the map and the figures are
those of the changed plan; from “Lock” until the visit is locked; from “Undo” until the plan before is shown again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import FrameLocator, Page

from benchmarks.week_page import BRANCH, MANAGER, PATIENCE_MS, ROOT, copied, grown, loaded, seen, told, until
from planner.store import open_store

PLAN_S = 15


def prepare(var: Path, debtors: int, routes: int) -> str:
    """Copy the demo, plan the week ahead where it is not planned, grow the plan where asked; give the week."""
    copied(var)
    week = time.strftime("%G-W%V", time.localtime(time.time() + 7 * 86_400))
    store = open_store(f"sqlite:///{var / 'rounds.sqlite'}")
    if not store.plans(MANAGER, BRANCH, week):
        command = [
            sys.executable,
            "-m",
            "planner",
            "plan",
            "--branch",
            BRANCH,
            "--week",
            week,
            "--seconds",
            str(PLAN_S),
        ]
        subprocess.run(command, cwd=ROOT, env={**os.environ, "ROUNDS_VAR": str(var)}, check=True, capture_output=True)
    if debtors:
        saved = store.plan(MANAGER, store.plans(MANAGER, BRANCH, week)[0].plan_id)
        larger = grown(saved, debtors, routes)
        # What was proven of the plan is not true of the grown one, and a change would be refused for it.
        unproven = {**larger.plan, "bound": None, "bound_is_valid": False, "bound_kind": None}
        store.save_plan(MANAGER, replace(larger, plan=unproven))
    store.close()
    return week


def selected(page: Page, frame: FrameLocator, number: int) -> None:
    """Choose a visit and wait until its card offers what can be done with it."""
    one = frame.locator(".block").nth(number)
    one.dispatch_event("click")
    frame.locator(".block.chosen").wait_for(state="attached", timeout=PATIENCE_MS)
    page.locator(".st-key-edit_card").get_by_role("button", name="Take out").wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(1500)


def priced(page: Page, action: str) -> float:
    """Open an action of the card and ask for its price; give the seconds until it is shown."""
    page.locator(".st-key-edit_card").get_by_role("button", name=action).click()
    if action == "Move":
        page.get_by_role("combobox", name="Place in the order").first.click()
        page.get_by_role("option", name="as stop 1", exact=True).click()
        page.wait_for_timeout(1500)
    ask = page.get_by_role("button", name="What would it cost?").filter(visible=True)
    ask.wait_for(timeout=PATIENCE_MS)
    panel = page.locator(".st-key-edit_panel")

    def asked() -> None:
        ask.click()
        panel.get_by_role("button", name="Leave it").or_(panel.get_by_role("button", name="Close")).wait_for(
            timeout=PATIENCE_MS
        )

    return until(asked)


def blocks(page: Page, frame: FrameLocator, many: int) -> None:
    """Wait until so many visits are drawn."""
    ends = time.monotonic() + PATIENCE_MS / 1000
    while frame.locator(".block").count() != many:
        if time.monotonic() > ends:
            raise TimeoutError(f"{frame.locator('.block').count()} visits are drawn instead of {many}")
        page.wait_for_timeout(20)


def gone(page: Page) -> None:
    """Wait until no price is shown."""
    page.locator(".st-key-edit_panel").wait_for(state="detached", timeout=PATIENCE_MS)


def change(page: Page, frame: FrameLocator, number: int, found: dict[str, list[float]]) -> None:
    """Make the changes with one visit: move (asked only), lock and unlock, take out and undo."""
    many = frame.locator(".block").count()
    panel, card = page.locator(".st-key-edit_panel"), page.locator(".st-key-edit_card")
    selected(page, frame, number)
    found["a move: its price"].append(priced(page, "Move"))
    leave = panel.get_by_role("button", name="Leave it").or_(panel.get_by_role("button", name="Close"))

    def left() -> None:
        leave.click()
        gone(page)

    found["left"].append(until(left))
    page.wait_for_timeout(1500)
    found["taking out: its price"].append(priced(page, "Take out"))
    page.wait_for_timeout(1500)

    def taken() -> None:
        panel.get_by_role("button", name="Take it").click()
        gone(page)
        blocks(page, frame, many - 1)

    found["taking out: taken"].append(until(taken))
    page.wait_for_timeout(3000)

    def undone() -> None:
        page.get_by_role("button", name="Undo").click()
        blocks(page, frame, many)

    found["undo"].append(until(undone))
    page.wait_for_timeout(3000)
    selected(page, frame, number)
    card.get_by_role("button", name="Lock", exact=False).first.click()
    lock = page.get_by_role("button", name="Lock").filter(visible=True).last
    lock.wait_for(timeout=PATIENCE_MS)

    def locked() -> None:
        lock.click()
        card.get_by_role("button", name="Unlock").wait_for(timeout=PATIENCE_MS)

    found["a lock: taken"].append(until(locked))
    page.wait_for_timeout(3000)


def main() -> None:
    """Measure and print."""
    debtors, routes, times = (int(one) for one in (sys.argv[1:] + ["0", "0", "5"][len(sys.argv) - 1 :])[:3])
    names = ("a move: its price", "left", "taking out: its price", "taking out: taken", "undo", "a lock: taken")
    found: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        week = prepare(var, debtors, routes)
        with seen(var) as (page, base):
            loaded(page, f"{base}/week?week={week}&day=all")
            frame = page.frame_locator("iframe")
            visits = frame.locator(".block").count()
            print(f"{debtors or 'the demo’s'} debtors, {visits} visits; load {os.getloadavg()[0]:.1f}")
            page.wait_for_timeout(6000)  # the plan is opened behind the page
            for k in range(times):
                change(page, frame, (7 + 37 * k) % visits, found)
            for name, seconds in found.items():
                told(name, seconds)
            print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
