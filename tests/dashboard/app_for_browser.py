"""The application over invented people, for the browser tests: same gate, routes, maps and charts as the real one."""

import os
from pathlib import Path

from streamlit import App

from dashboard.application import parts
from tests.dashboard.fakes import FakeServices

ROOT = Path(os.environ["ROUNDS_TEST_ROOT"])
services = FakeServices(static=ROOT / "static", moment=None)

app = App(
    Path(__file__).with_name("page_for_browser.py"),
    **parts(
        lambda: services,  # type: ignore[arg-type, return-value]
        root=ROOT,
        read_day=services.read_day,  # type: ignore[arg-type]
    ),
)
