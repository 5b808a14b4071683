"""From a move of the map to the new squares, in a real Chromium: python -m benchmarks.cells_browser [people] [picture].

The regions' map of the application over an invented crowd, with no basemap under it. Wall time: what the reader waits
after the map has come to rest, of which 250 ms are the frame's own pause before it tells the page.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Frame, Page, sync_playwright

ROOT = Path(__file__).parent.parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_S, PATIENCE_MS, TIMES = 120, 120_000, 12
#: Moves the map and waits until another group of squares lies on it and has been painted.
MOVE = """([x, y]) => new Promise((done) => {
  const before = window.feature_group[0];
  window.map.panBy([x, y], { animate: false });
  const began = performance.now();
  const look = () => window.feature_group[0] !== before
    ? requestAnimationFrame(() => setTimeout(() => done([performance.now() - began, count()]), 0))
    : setTimeout(look, 4);
  const count = () => window.feature_group[0].getLayers().length;
  look();
})"""


@contextmanager
def running(root: Path) -> Iterator[str]:
    """Run the application; gives its address."""
    (root / "static" / "basemap").mkdir(parents=True)
    (root / "static" / "vendor").symlink_to(ROOT / "static" / "vendor")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "tests/dashboard/app_for_browser.py",
        "--server.port",
        str(port),
    ]
    environment = {**os.environ, "ROUNDS_TEST_ROOT": str(root), "PYTHONPATH": str(ROOT)}
    with (root / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            address, ends = f"http://localhost:{port}", time.monotonic() + START_S
            while time.monotonic() < ends:
                with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                    break
                time.sleep(0.25)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def map_frame(page: Page) -> Frame:
    """Give the map's frame once the districts are drawn."""
    page.frame_locator("iframe").locator(".rounds-district-name").first.wait_for(timeout=PATIENCE_MS)
    return next(frame for frame in page.frames if "st_folium" in frame.url)


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    chromium = next(
        found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))
    )
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as address, sync_playwright() as play:
        page = play.chromium.launch(executable_path=chromium, args=FLAGS).new_page(
            viewport={"width": 1300, "height": 800}
        )
        began = time.perf_counter()
        page.goto(f"{address}/?squares={people}", timeout=PATIENCE_MS)
        frame = map_frame(page)
        print(f"{people:,} points; first picture with everything summed: {time.perf_counter() - began:.1f} s wall")
        for zooms in (2, 2, 2):
            for _ in range(zooms):
                frame.evaluate("void window.map.zoomIn(1, { animate: false })")
            page.wait_for_timeout(3_000)
            waits, counts = zip(
                *(frame.evaluate(MOVE, [60 if k % 4 < 2 else -60, 40 if k % 2 else -40]) for k in range(TIMES)),
                strict=True,
            )
            zoom = frame.evaluate("window.map.getZoom()")
            print(
                f"  zoom {zoom:.2f}: {statistics.median(waits):.0f} ms, slowest {max(waits):.0f} ms, up to {max(counts):,} layers"
            )
            if len(sys.argv) > 2:
                page.screenshot(path=f"{sys.argv[2]}-{zoom:.0f}.png")


if __name__ == "__main__":
    main()
