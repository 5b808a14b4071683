"""In which order the files of the tests run, and which of them one worker takes together."""

from __future__ import annotations

from xdist.scheduler.loadfile import LoadFileScheduling

BROWSER = "tests/browser/"
#: Browser files that start applications of their own; the others look at one that all of them share, which is then
#: started once and not once a worker.
OWN = tuple(
    f"{BROWSER}test_{name}.py"
    for name in ("day_pack", "collectors_day", "import", "small_branch", "states", "safety", "leaks")
)
#: what takes longest besides, the longest first
LONG = tuple(
    f"tests/{name}.py"
    for name in (
        *("geodata/city/test_city", "operations/test_stop", "planner/routing/test_solve", "planner/bank/test_lending"),
        *("planner/intake/test_hostile", "planner/routing/test_apart", "planner/demo/test_seed"),
        *("planner/routing/test_wishes", "planner/desk/test_desk", "planner/routing/test_bound"),
    )
)
FIRST = (BROWSER, *OWN, *LONG)
#: they load a list, and plan and publish a week, in the application that is shared
LAST_OF_SHARED = tuple(f"{BROWSER}test_{name}.py" for name in ("loop", "journey"))


def scope(file: str) -> str:
    """Give the name under which a worker takes a file: its own, or the folder's where the application is shared."""
    return BROWSER if file.startswith(BROWSER) and file not in OWN else file


def place(file: str) -> tuple[int, int]:
    """Give a file's place: what takes longest begins first, so that no worker is alone with it at the end."""
    name = scope(file)
    return (FIRST.index(name) if name in FIRST else len(FIRST), file in LAST_OF_SHARED)


class InOrder(LoadFileScheduling):
    """Gives out whole files in the order of the collection, those of the shared application to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid.split("::", 1)[0])
