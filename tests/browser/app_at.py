"""The application with its clock set: it runs on from the moment that FIELD_NOW names."""

import os
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.resolve()
os.chdir(ROOT)

from streamlit import App  # noqa: E402

from dashboard.application import SCRIPT, parts  # noqa: E402
from dashboard.services import Services, private_roads, services  # noqa: E402

BEGAN, MOMENT = datetime.now(UTC), datetime.fromisoformat(os.environ["FIELD_NOW"])
Services.now = lambda _self: MOMENT + (datetime.now(UTC) - BEGAN)  # type: ignore[method-assign]

app = App(ROOT / SCRIPT, **parts(services, root=ROOT, resources=[private_roads]))
