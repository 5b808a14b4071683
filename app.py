"""The entry: settings → services → pages. Run with ``streamlit run app.py`` or ``make run``."""

import os
import sys
from pathlib import Path

from config import logs
from config.settings import log_settings

ROOT = Path(__file__).parent.resolve()
# Who writes to a browser waits for the interpreter behind every page that is being reckoned: ten times less long so.
sys.setswitchinterval(0.0005)
os.chdir(ROOT)  # before Streamlit is imported: it looks for its settings from here
logs.install(*log_settings(os.environ))  # before anything is imported that logs

from streamlit import App  # noqa: E402

from dashboard.ahead import pages_ahead  # noqa: E402
from dashboard.application import SCRIPT, parts  # noqa: E402
from dashboard.basemaps import basemaps_cut  # noqa: E402
from dashboard.services import private_roads, public_url, services, tile_source  # noqa: E402
from dashboard.watched import log_taken_over  # noqa: E402
from dashboard.work_running import work_running  # noqa: E402

RESOURCES = [
    log_taken_over,
    private_roads,
    work_running,
    pages_ahead,
    basemaps_cut,
]  # closed from the last to the first

told = {"public_url": public_url(), "pictures": tile_source()}
app = App(ROOT / SCRIPT, **parts(services, root=ROOT, resources=RESOURCES, **told))
