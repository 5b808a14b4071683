"""The application's parts: our routes before Streamlit's, the gate around everything, what starts and stops with it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import assets
from dashboard.compress import CompressedFiles
from dashboard.gate import Gate
from dashboard.health import HealthRoutes
from dashboard.lighter import lighten
from dashboard.nowhere import NowhereRoutes
from dashboard.open_page import Watch, streamlit_farewell
from dashboard.phone.became import BecameRoutes
from dashboard.phone.choices import ChoiceRoutes
from dashboard.phone.days import DayReader, of_day
from dashboard.phone.files import FileRoutes
from dashboard.phone.pack_routes import PackRoutes
from dashboard.phone.routes import PhoneRoutes
from dashboard.phone.safety_routes import SafetyRoutes
from dashboard.policy import component_policy, streamlit_page_policy
from dashboard.principal import HEADER
from dashboard.services import Services
from dashboard.sign_in.bank_routes import BankRoutes
from dashboard.sign_in.keeper import Keeper
from dashboard.sign_in.routes import SignInRoutes
from dashboard.watched import Inside, Watched

LOG = logging.getLogger("rounds")
SCRIPT = "dashboard/main.py"
HOSTS = frozenset({"localhost", "127.0.0.1"})
TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}
FOR_EVER = "public, max-age=31536000, immutable"

Resource = Callable[[], AbstractContextManager[object]]


def parts(
    services: Callable[[], Services],
    *,
    root: Path,
    resources: Sequence[Resource] = (),
    read_day: DayReader = of_day,
    public_url: str = "",
    pictures: str = "",
) -> dict[str, Any]:
    """Give what ``streamlit.App`` is made of besides its script.

    Parameters
    ----------
    services
        Gives settings and store; called when first needed.
    root
        The project's folder, whose ``static`` is served under ``/assets``.
    resources
        What runs beside the application, such as the road engine: opened at the start, closed at the end. One that
        cannot be opened is logged, and the application starts without it.
    read_day
        Reads a crew's day for the plain routes.
    public_url
        Under which address browsers come, where it is not this machine's own.
    pictures
        The one other host that a map's frame may ask for pictures, with its scheme; empty: none.
    """
    from streamlit import config

    address = urlsplit(public_url)
    hosts, secure = HOSTS | ({address.hostname} if address.hostname else set()), address.scheme == "https"
    config.set_option("server.allowedHosts", sorted(hosts))  # Streamlit's own look at the host of a websocket
    # Streamlit takes up a page's state again for whoever knows its id, unless he is told to be somebody else.
    config.set_option("server.trustedUserHeaders", {HEADER: "principal"})
    lighten()
    watch = Watch()
    keeper = Keeper(services, secure=secure, stir=watch.stir)
    gate = Middleware(
        Gate,
        hosts=hosts,
        doorkeeper=keeper,
        pages=streamlit_page_policy(),
        secure=secure,
        farewell=streamlit_farewell,
        frames=component_policy(pictures),
        watch=watch,
    )
    routes = [*asset_routes(root / "static"), *plain_routes(services, keeper, read_day=read_day)]
    watched = Middleware(Watched, routes=routes, metrics_token=lambda: services().settings.metrics_token)
    return {
        "routes": routes,
        "middleware": [watched, gate, Middleware(Inside), Middleware(CompressedFiles)],
        "lifespan": lifespan(resources),
    }


def plain_routes(
    services: Callable[[], Services], keeper: Keeper | None = None, *, read_day: DayReader = of_day
) -> list[BaseRoute]:
    """Give the pages that need no Streamlit: signing in, a crew's day on the phone, what a reader chooses."""
    sign_in = SignInRoutes(services, keeper=keeper or Keeper(services))
    return [
        *PhoneRoutes(services, read_day=read_day).routes(),
        *PackRoutes(services, read_day=read_day).routes(),
        *SafetyRoutes(services).routes(),
        *FileRoutes(services).routes(),
        *BecameRoutes(services).routes(),
        *ChoiceRoutes(services).routes(),
        *HealthRoutes(services).routes(),
        *sign_in.routes(),
        *BankRoutes(services, sign_in=sign_in).routes(),
        *NowhereRoutes(services).routes(),
    ]


def asset_routes(static: Path) -> list[BaseRoute]:
    """Serve our own scripts, the map's packages and the basemaps: code and ground only, never a debtor's data."""

    def serve(path: Path, *, kept: bool) -> Response:
        if not path.is_file() or path.suffix not in TYPES:
            return Response("Not found", status_code=404)
        headers = {"Cache-Control": FOR_EVER if kept else "no-cache"}
        return FileResponse(path, media_type=TYPES[path.suffix], headers=headers)

    def own(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in assets.SERVED:
            return Response("Not found", status_code=404)
        kept = request.query_params.get("v") == assets.version(name)
        if name in assets.PARTS:
            headers = {"Cache-Control": FOR_EVER if kept else "no-cache", "ETag": f'"{assets.version(name)}"'}
            return Response(assets.content(name), media_type=TYPES[Path(name).suffix], headers=headers)
        return serve(assets.FOLDER / name, kept=kept)

    def packages(request: Request) -> Response:
        folder = (static / "vendor").resolve()
        path = (folder / request.path_params["path"]).resolve()
        return serve(path, kept=False) if path.is_relative_to(folder) else Response("Not found", status_code=404)

    def ground(request: Request) -> Response:
        # The name, that of a file or of the folder of its pieces, carries a hash of the contents.
        path = (static / "basemap" / request.path_params["path"]).resolve()
        inside = path.is_relative_to((static / "basemap").resolve())
        return serve(path, kept=True) if inside else Response("Not found", status_code=404)

    return [
        Route("/assets/rounds/{name}", own),
        Route("/assets/basemap/{path:path}", ground),
        Route("/assets/vendor/{path:path}", packages),
    ]


def lifespan(resources: Sequence[Resource]) -> Callable[[Any], Any]:
    """Give what happens at the application's start and end."""

    @asynccontextmanager
    async def run(_app: Any) -> AsyncIterator[dict[str, Any]]:
        register_map_component()
        with ExitStack() as stack:
            for resource in resources:
                try:
                    await run_in_threadpool(opened, stack, resource)
                except Exception as error:
                    name = getattr(resource, "__name__", "")
                    LOG.error("a part could not be started", extra={"part": name, "kind": type(error)}, exc_info=error)
            yield {}

    return run


def opened(stack: ExitStack, resource: Resource) -> None:
    """Open a resource and leave its closing to the stack."""
    stack.enter_context(resource())


def register_map_component() -> None:
    """Make the map's frame known at once: a component is else unknown until a page of this process has shown it."""
    from streamlit.runtime import get_instance

    with outside_a_page():
        import streamlit_folium

    get_instance().component_registry.register_component(streamlit_folium._component_func)


@contextmanager
def outside_a_page() -> Iterator[None]:
    """Do on purpose outside of a page what Streamlit warns of there; anywhere else the warning tells of a fault."""
    warner = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    before = warner.disabled
    warner.disabled = True
    try:
        yield
    finally:
        warner.disabled = before
