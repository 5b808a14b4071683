"""A running application over invented people and a real Chromium, for the tests marked ``browser``."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.dashboard.fakes import ROOT

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TILE = (
    'window.ROUNDS_BASEMAP={"format":"rounds-basemap/1","name":"t","bounds":[109.4,29.0,109.8,29.3],'
    '"origin":[109.57,29.1],"scale":200000,"layers":[{"id":"water","kind":"area","minzoom":0,"maxzoom":24,'
    '"bins":[[0,0,4000,4000,"??_cF??_cF~bF?"]]},{"id":"primary","kind":"line","minzoom":0,"maxzoom":24,'
    '"bins":[[-4000,-4000,4000,4000,"??_mO_mO"]]}],"labels":[[0,0,0,9,"city","\\u4e91\\u6eaa","Yunxi"]]};'
)


def missing(what: str) -> None:
    """Skip for want of a component, or fail where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a Chromium found on the path."""
    names = (os.environ.get("ROUNDS_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        missing("no Chromium on the path: run tests/browser.sh")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def application_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that the application of ``address`` has for its root."""
    return tmp_path_factory.mktemp("root")


@pytest.fixture
def basemap_folder(application_root: Path) -> Path:
    """Give the folder from which the application of ``address`` serves basemaps."""
    return application_root / "static" / "basemap"


@pytest.fixture(scope="session")
def address(application_root: Path) -> Iterator[str]:
    """Give the address of the application over invented people, with a basemap of one lake and one road."""
    root = application_root
    if not (ROOT / "static" / "vendor" / "done").is_file():
        missing("the map's packages are not there: run make setup")
    (root / "static" / "basemap").mkdir(parents=True)
    (root / "static" / "vendor").symlink_to(ROOT / "static" / "vendor")
    (root / "static" / "basemap" / "yunxi-1.js").write_text(TILE)
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
    log = root / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    found = f"http://localhost:{port}"
    try:
        wait_for(found, server, log)
        yield found
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the application answers."""
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    pytest.fail(f"the application did not start:\n{log.read_text()[-2000:]}")
