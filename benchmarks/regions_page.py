"""What the regions page costs the server: python -m benchmarks.regions_page [data folder].

The page's own code runs over the demo that ``python -m planner demo`` made, as the regional head, in a process that has
just started: the first view, then one click after another. CPU seconds of this process, all threads, and beside them
those of the processes it started and waited for; the browser is not counted. The road engine runs beside it, as it does
beside the application.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module

from streamlit.testing.v1 import AppTest

from dashboard.screens import regions
from dashboard.services import everywhere, private_roads, services
from planner.domain import Principal, Role

MINUTE_S = 60


def script() -> None:
    """Show the page."""
    from dashboard.screens import regions

    regions.page()


def spent() -> tuple[float, float]:
    """Give the CPU seconds of this process and of those it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), children.ru_utime + children.ru_stime


def measured(name: str, act: Callable[[], AppTest]) -> None:
    """Run something and print what it cost."""
    (own, others), began = spent(), time.perf_counter()
    app = act()
    after, after_others = spent()
    wall = time.perf_counter() - began
    if app.exception:
        raise SystemExit(f"{name}: the page failed: {app.exception[0].message}")
    print(f"{name:<34} {after - own:6.2f} CPU s  + {after_others - others:.2f} of others  {wall:6.2f} s wall")


def main() -> None:
    """Measure and print."""
    if len(sys.argv) > 1:
        os.environ["ROUNDS_DATA"] = sys.argv[1]
    logging.disable(logging.WARNING)
    import_module("streamlit_folium")  # as the application does at its start
    kit = services()
    codes = everywhere(kit.store, "benchmark").branches
    regions.current_principal = lambda: Principal("benchmark", Role.REGIONAL_HEAD, codes)
    app = AppTest.from_function(script, default_timeout=5 * MINUTE_S)

    def state(**values: str) -> AppTest:
        for key, value in values.items():
            app.session_state[key.replace("__", " ")] = value
        return app.run()

    print(f"{len(codes)} branches; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with private_roads():
        measured("first view", lambda: state(language="en"))
        measured("nothing changed", state)
        measured("another figure", lambda: state(regions_figure__en="per_km2_minor"))
        measured("a district", lambda: state(region=first_district()))
        measured("what crews can expect, first", lambda: state(regions_section__en="crews"))
        measured("two side by side, first", lambda: state(regions_section__en="side_by_side"))
        measured("back to the districts", lambda: state(regions_section__en="districts"))
        measured("the other language", lambda: state(language="zh"))
        one = Principal("benchmark", Role.MANAGER, frozenset(sorted(codes)[:1]))
        regions.current_principal = lambda: one
        measured("somebody else's first view", state)
    print(f"load {os.getloadavg()[0]:.1f}")


def first_district() -> str:
    """Give the code of a district with debtors."""
    kit = services()
    asking = everywhere(kit.store, "benchmark")
    region = kit.store.branches(asking)[0].road_region
    return str(kit.store.regions(asking, region)["code"].iloc[0])


if __name__ == "__main__":
    main()
