"""The application with a plan under way from its start and a route that takes its time, to be stopped meanwhile."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import logs
from config.settings import log_settings

ROOT = Path(__file__).parent.parent.parent.resolve()
os.chdir(ROOT)
logs.install(*log_settings(os.environ))

from starlette.requests import Request  # noqa: E402
from starlette.responses import PlainTextResponse, Response  # noqa: E402
from starlette.routing import Route  # noqa: E402
from streamlit import App  # noqa: E402

from dashboard.application import SCRIPT, parts  # noqa: E402
from dashboard.screens import plan_job  # noqa: E402
from dashboard.services import private_roads, services  # noqa: E402
from dashboard.watched import log_taken_over  # noqa: E402
from dashboard.work_running import work_running  # noqa: E402
from planner.domain import Principal, Role  # noqa: E402
from tests.operations.marks import BRANCH, CRASHES, SLOW, SLOW_S, WEEK  # noqa: E402

PERSON = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))


@contextmanager
def planning() -> Iterator[None]:
    """Start a plan that would take long."""
    plan_job.start(services(), PERSON, BRANCH, os.environ[WEEK], seconds=300)
    yield


def slow(_request: Request) -> Response:
    time.sleep(SLOW_S)
    return PlainTextResponse("done in peace")


def crashes(_request: Request) -> Response:
    """Fail with a message that quotes a person, who is given by the environment and stands in no source file."""
    raise RuntimeError(f"this row is wrong: {os.environ[CRASHES]}")


made = parts(services, root=ROOT, resources=[log_taken_over, private_roads, work_running, planning])
routes = [Route(SLOW, slow), Route("/m/crashes", crashes)]
app = App(ROOT / SCRIPT, **made | {"routes": [*routes, *made["routes"]]})
