"""From a move of the map to the new squares, in a real Chromium: python -m benchmarks.cells_browser [people] [picture].

The regions' map of the application over an invented crowd, with no basemap under it. Wall time: what the reader waits
after the map has come to rest, of which 250 ms are the frame's own pause before it tells the page.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
from playwright.sync_api import Frame, Page, sync_playwright

from benchmarks.app_server import running
from benchmarks.crowd import people
from geodata.patterns.cells import cell_numbers

ROOT = Path(__file__).parent.parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS, TIMES = 120_000, 12
#: Moves the map and waits until another group of squares lies on it and has been painted.
MOVE = """([x, y]) => new Promise((done) => {
  const before = window.feature_group[0];
  window.map.panBy([x, y], { animate: false });
  const began = performance.now();
  const look = () => window.feature_group[0] !== before
    ? requestAnimationFrame(() => setTimeout(() => done([performance.now() - began, count()]), 0))
    : performance.now() - began > 5000 ? done(null) : setTimeout(look, 4);
  const count = () => window.feature_group[0].getLayers().length;
  look();
})"""


def application(root: Path) -> AbstractContextManager[str]:
    """Run the application over an invented crowd; gives its address."""
    (root / "static" / "basemap").mkdir(parents=True)
    (root / "static" / "vendor").symlink_to(ROOT / "static" / "vendor")
    environment = {**os.environ, "ROUNDS_TEST_ROOT": str(root), "PYTHONPATH": str(ROOT)}
    return running("tests/dashboard/app_for_browser.py", ROOT, environment, root / "server.log")


def map_frame(page: Page) -> Frame:
    """Give the map's frame once the districts are drawn."""
    page.frame_locator("iframe").locator(".rounds-district-name").first.wait_for(timeout=PATIENCE_MS)
    return next(frame for frame in page.frames if "st_folium" in frame.url)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    chromium = next(
        found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))
    )
    with tempfile.TemporaryDirectory() as name, application(Path(name)) as address, sync_playwright() as play:
        page = play.chromium.launch(executable_path=chromium, args=FLAGS).new_page(
            viewport={"width": 1300, "height": 800}
        )
        began = time.perf_counter()
        page.context.add_cookies([{"name": "rounds_role", "value": "manager.YX01", "url": address}])
        page.goto(f"{address}/?squares={count}", timeout=PATIENCE_MS)
        frame = map_frame(page)
        print(f"{count:,} points; first picture with everything summed: {time.perf_counter() - began:.1f} s wall")
        lon, lat = densest(count)
        for zoom in (9, 11, 13):
            frame.evaluate(f"void window.map.setView([{lat}, {lon}], {zoom}, {{ animate: false }})")
            page.wait_for_timeout(3_000)
            steps = [[60 if k % 4 < 2 else -60, 40 if k % 2 else -40] for k in range(TIMES)]
            told = [one for one in (frame.evaluate(MOVE, step) for step in steps) if one]
            waits, counts = [one[0] for one in told], [one[1] for one in told]
            print(f"  zoom {zoom}: {statistics.median(waits):.0f} ms, slowest {max(waits):.0f} ms, "
                  f"up to {max(counts):,} layers, {len(told)} of {TIMES} moves")  # fmt: skip
            if len(sys.argv) > 2:
                page.screenshot(path=f"{sys.argv[2]}-{zoom}.png")


def densest(count: int) -> tuple[float, float]:
    """Give a place amid the largest town."""
    lonlat = people(count)[["lon", "lat"]].to_numpy()
    numbers = cell_numbers(lonlat, 12)
    cell, often = np.unique(numbers, return_counts=True)
    lon, lat = lonlat[numbers == cell[often.argmax()]].mean(axis=0)
    return float(lon), float(lat)


if __name__ == "__main__":
    main()
