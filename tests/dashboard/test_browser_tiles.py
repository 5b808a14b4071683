"""In a real browser, with a vendor of tiles on this machine: only its host is asked, a shifted datum is put right."""

from __future__ import annotations

import io
import math
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from config.tiles import Tiles
from dashboard import assets
from dashboard.maps.basemap import OnlineTiles
from dashboard.policy import COMPONENT, component_policy
from geodata.datum import from_wgs84
from tests.dashboard.conftest import missing
from tests.dashboard.fakes import ROOT

pytestmark = pytest.mark.browser

#: a place in the mainland; the vendor, whose pictures are in GCJ-02, paints it there
PLACE = (109.57, 29.1)
ZOOM, SIZE, SIGN = 16, 600, (255, 0, 255)
LEAFLET = ROOT / "static" / "vendor" / "leaflet" / "leaflet.js"
PAGE = """<!doctype html><meta charset="utf-8"><style>
.leaflet-pane, .leaflet-layer, .leaflet-tile-container, .leaflet-tile { position: absolute; left: 0; top: 0 }
body { margin: 0 }
#map { position: relative; width: 600px; height: 600px; overflow: hidden }
</style>
<div id="map"></div><script src="leaflet.js"></script><script src="frame.js"></script><script>
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => refused.push(event.blockedURI));
const still = { zoomAnimation: false, fadeAnimation: false, attributionControl: false };
const map = L.map("map", still).setView([LAT, LON], ZOOM);
roundsBasemap(map);
TILES
</script>"""


class Vendor(BaseHTTPRequestHandler):
    """The application's frame under ``/page``, and tiles with one sign under ``/Z/X/Y.png``."""

    asked: list[str]
    page: str
    source: str
    policy: str

    def do_GET(self) -> None:
        found = re.fullmatch(r"/(\d+)/(\d+)/(\d+)\.png", self.path)
        if self.path == "/page":
            self.answer("text/html", self.page.encode(), {"Content-Security-Policy": self.policy})
        elif self.path == "/leaflet.js":
            self.answer("text/javascript", LEAFLET.read_bytes(), {})
        elif self.path == "/frame.js":
            self.answer("text/javascript", assets.content(assets.FRAME), {})
        elif found:
            self.asked.append(self.headers["Host"])
            self.answer("image/png", tile(*map(int, found.groups())), {})
        else:
            self.send_error(404)

    def answer(self, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def tile(zoom: int, x: int, y: int) -> bytes:
    """Give a vendor's picture: grey, with a square of nine pixels on the place by the vendor's datum."""
    lon, lat = from_wgs84(np.array([PLACE]), "gcj02")[0]
    world = 256 * 2**zoom
    at_x = (lon + 180) / 360 * world - 256 * x
    at_y = (0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / 2 / math.pi) * world - 256 * y
    picture = Image.new("RGB", (256, 256), (200, 200, 200))
    ImageDraw.Draw(picture).rectangle((at_x - 4, at_y - 4, at_x + 4, at_y + 4), fill=SIGN)
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def vendor() -> Iterator[type[Vendor]]:
    if not LEAFLET.is_file():
        missing("the map's packages are not there: run make setup")
    made = type("ThisVendor", (Vendor,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    made.source = f"http://127.0.0.1:{server.server_address[1]}"
    made.policy = component_policy(made.source)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()


def opened(chromium: Browser, vendor: type[Vendor], address: str, datum: str = "gcj02") -> Page:
    """Open a map over the tiles of an address."""
    tiles = Tiles((address + "/{z}/{x}/{y}.png",), datum, 18, "", vendor.source)  # type: ignore[arg-type]
    script = f"window.layer = roundsTiles(map, {OnlineTiles(tiles, PLACE).options});" if address else ""
    lon, lat = PLACE
    for name, value in {"LON": lon, "LAT": lat, "ZOOM": ZOOM, "TILES": script}.items():
        vendor.page = (PAGE if name == "LON" else vendor.page).replace(name, str(value))
    page = chromium.new_page(viewport={"width": SIZE, "height": SIZE})
    page.goto(vendor.source.replace("127.0.0.1", "localhost") + "/page")
    if address:
        page.wait_for_function("!layer.isLoading()")
    return page


def middle_of_the_sign(page: Page) -> tuple[float, float] | None:
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    rows, columns = np.nonzero((abs(picture - SIGN) < 12).all(axis=2))
    return (float(columns.mean()), float(rows.mean())) if len(rows) else None


def test_a_place_lies_where_a_vendor_of_another_datum_paints_it(chromium: Browser, vendor: type[Vendor]) -> None:
    page = opened(chromium, vendor, vendor.source)
    found = middle_of_the_sign(page)
    assert found is not None
    assert math.dist(found, (SIZE / 2, SIZE / 2)) < 2.5
    assert page.evaluate("refused") == []
    page.close()
    unshifted = opened(chromium, vendor, vendor.source, datum="wgs84")
    away = middle_of_the_sign(unshifted)
    assert away is None or math.dist(away, (SIZE / 2, SIZE / 2)) > 100
    unshifted.close()


def test_the_shift_is_that_of_the_datums_module(chromium: Browser, vendor: type[Vendor]) -> None:
    places = np.array([[109.57, 29.1], [121.47, 31.23], [87.6, 43.8], [104.06, 30.67], [126.6, 45.7], [110.3, 20.0]])
    page = opened(chromium, vendor, "")
    found = page.evaluate("(all) => all.map(([lon, lat]) => roundsTiles.shiftOf(lon, lat))", places.tolist())
    assert np.abs(places + np.array(found) - from_wgs84(places, "gcj02")).max() < 1e-10
    page.close()


def test_the_policy_lets_pictures_of_the_one_host_in_and_nothing_else(chromium: Browser, vendor: type[Vendor]) -> None:
    page = opened(chromium, vendor, vendor.source)
    assert vendor.asked
    assert set(vendor.asked) == {vendor.source.removeprefix("http://")}
    page.evaluate("fetch(SOURCE + '/1/1/1.png').catch(() => 0)".replace("SOURCE", repr(vendor.source)))
    other = vendor.source.replace("127.0.0.1", "127.0.0.2")
    picture = "(at) => new Promise((done) => { const one = new Image(); one.onerror = done; one.src = at; })"
    page.evaluate(picture, f"{other}/1/1/1.png")
    page.wait_for_function("refused.length === 2")
    assert all(host in one for host, one in zip((vendor.source, other), page.evaluate("refused"), strict=True))
    page.close()


def test_without_a_vendor_in_the_settings_the_policy_lets_none_in(chromium: Browser, vendor: type[Vendor]) -> None:
    vendor.policy = component_policy()
    assert vendor.policy == COMPONENT
    page = opened(chromium, vendor, vendor.source)
    assert page.evaluate("refused.length") > 0
    assert page.locator(".rounds-tiles img").count() == 0, "what does not come leaves the basemap in sight"
    page.close()
    opened(chromium, vendor, "").close()
    assert vendor.asked == []
