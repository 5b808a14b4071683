"""The entry: settings → services → pages. Run with ``streamlit run app.py`` or ``make run``."""

import os
from pathlib import Path

ROOT = Path(__file__).parent.resolve()
os.chdir(ROOT)  # before Streamlit is imported: it looks for its settings from here

from streamlit import App  # noqa: E402

from dashboard.ahead import pages_ahead  # noqa: E402
from dashboard.application import SCRIPT, parts  # noqa: E402
from dashboard.services import private_roads, services  # noqa: E402

app = App(ROOT / SCRIPT, **parts(services, root=ROOT, resources=[private_roads, pages_ahead]))
