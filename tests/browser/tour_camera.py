"""Takes the pictures for docs/tour.md: one browser, one language, one week of the demo."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from datetime import date

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import BRANCH, ROOT
from tests.browser.screens import map_of, settled

IMAGES = ROOT / "docs" / "images" / "tour"
DESK, PHONE = (1440, 900), (390, 844)
#: a picture is kept small by a palette: first the most colours that fit
MOST_BYTES, PALETTES = 245_000, (256, 128, 64, 32)
PATIENCE_MS, PLAN_MS = 30_000, 240_000
CREW = "YX01-A"


@dataclass(frozen=True)
class Camera:
    """Opens pages of the application in one language and keeps pictures of them."""

    browser: Browser
    address: str
    language: str
    week: str
    day: date

    def open(
        self,
        path: str,
        *,
        size: tuple[int, int] = DESK,
        dark: bool = False,
        role: str = f"manager.{BRANCH}",
        touch: bool = False,
    ) -> Page:
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": size[0], "height": size[1]},
            locale={"en": "en-GB", "zh": "zh-CN"}[self.language],
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            has_touch=touch,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_MS)
        cookies = (("rounds_role", role), ("rounds_language", self.language))
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies])
        page = context.new_page()
        page.goto(path)
        return page

    def week_page(self, parts: str = "", **wishes: object) -> Page:
        page = self.open(f"/week?week={self.week}&day={self.day}&tour=0{parts}", **wishes)  # type: ignore[arg-type]
        expect(map_of(page).locator(".block").first).to_be_visible()
        settled(page)
        return page

    def say(self, english: str, chinese: str) -> str:
        return english if self.language == "en" else chinese

    def let_crews_work(self, page: Page) -> None:
        """On the board, let the demo's crews record their stops until now, where they have not."""
        act = page.get_by_role("button", name=self.say("Let the demo's crews work until now", "让演示小组工作到此刻"))
        live = page.locator("table.board:not(.pale)")
        expect(act.or_(live).first).to_be_visible(timeout=PLAN_MS)
        if not live.count():
            act.click()
            expect(live).to_be_visible(timeout=PLAN_MS)

    def keep(self, page: Page, name: str, *, close: bool = True) -> None:
        """Keep a picture and close its page, with all that was opened beside it."""
        page.mouse.move(0, 0)
        page.wait_for_timeout(1_200)
        settled(page) if page.locator("[data-testid=stApp]").count() else None
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        path = IMAGES / f"{name}.{self.language}.png"
        for colours in PALETTES:
            flat = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            flat.save(path, optimize=True)
            if path.stat().st_size <= MOST_BYTES:
                break
        sys.stdout.write(f"{path.relative_to(ROOT)} {path.stat().st_size // 1000} kB\n")
        if close:
            page.context.close()
