"""The application's parts: our routes before Streamlit's, the gate around everything, what starts and stops with it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import assets
from dashboard.compress import CompressedFiles
from dashboard.doorkeeper import DemoDoorkeeper
from dashboard.gate import Gate
from dashboard.phone.routes import PhoneRoutes
from dashboard.policy import streamlit_page_policy
from dashboard.services import Services

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
    phone: Callable[[Callable[[], Services]], PhoneRoutes] = PhoneRoutes,
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
    phone
        Makes the plain routes.
    """
    gate = Middleware(
        Gate,
        hosts=HOSTS,
        doorkeeper=DemoDoorkeeper(lambda: services().demo_roles()),
        pages=streamlit_page_policy(),
    )
    return {
        "routes": [*asset_routes(root / "static"), *phone(services).routes()],
        "middleware": [gate, Middleware(CompressedFiles)],
        "lifespan": lifespan(resources),
    }


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
        # Its name carries a hash of its contents.
        return serve(static / "basemap" / Path(request.path_params["name"]).name, kept=True)

    return [
        Route("/assets/rounds/{name}", own),
        Route("/assets/basemap/{name}", ground),
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
                    LOG.error("%s could not be started: %s", getattr(resource, "__name__", resource), error)
            yield {}

    return run


def opened(stack: ExitStack, resource: Resource) -> None:
    """Open a resource and leave its closing to the stack."""
    stack.enter_context(resource())


def register_map_component() -> None:
    """Make the map's frame known at once: a component is else unknown until a page of this process has shown it."""
    import streamlit_folium
    from streamlit.runtime import get_instance

    get_instance().component_registry.register_component(streamlit_folium._component_func)
