"""The command line, ``python -m planner COMMAND``: wires settings, store, roads and rules together, no more."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from config import logs
from config.settings import PREFIX, BadSettings, Settings, load_settings, log_settings
from config.strict import BadConfig
from config.tiles import tiles_of
from geodata.arguments import Arguments

if TYPE_CHECKING:
    from geodata.osm.gazetteer import Gazetteer
    from planner.means import Means
    from planner.store import Store

ROOT = Path(__file__).resolve().parent.parent


def main(argv: Sequence[str]) -> int:
    """Run a command; 0 did its work, 2 bad input with one sentence, 1 a fault of ours."""
    if not argv or argv[0] in ("-h", "--help"):
        print(usage())
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if name not in COMMANDS:
        print(f"There is no command {name!r}; there are: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        settings = load_settings(ROOT, os.environ)
        tiles_of(settings)  # told here in one sentence, before the application starts with it
    except (BadSettings, BadConfig) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return COMMANDS[name][0](rest, settings)
    except NotSetUp as error:
        print(error, file=sys.stderr)
        return 2


class NotSetUp(Exception):
    """The database cannot be used as it is; the message is one sentence."""


def opened(settings: Settings) -> Store:
    """Open the store.

    Raises
    ------
    NotSetUp
        If the database was made by another version, or never.
    """
    from planner.store import OpenDoor, WrongSchema, open_store

    if not settings.paths.var.is_dir():
        raise NotSetUp(f"There is no folder {str(settings.paths.var)!r} yet: run `make setup` first.")
    try:
        return open_store(settings.database_url)
    except (WrongSchema, OpenDoor) as error:
        raise NotSetUp(f"{error}.") from error


def usage() -> str:
    """List the commands."""
    lines = ["usage: python -m planner COMMAND …   (COMMAND --help says more)", ""]
    return "\n".join(lines + [f"  {name:8} {meaning}" for name, (_, meaning) in COMMANDS.items()])


def solve(argv: Sequence[str], _: Settings) -> int:
    """Plan a problem file."""
    began = time.monotonic()  # importing is part of the seconds that were asked for
    stopped: list[int] = []
    if list(argv) == ["--serve"]:  # of planner/kept_solver.py, whose process it is
        from planner.routing.serve import serve

        return serve()
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))  # whoever stops it wants a plan
    from planner.routing.command import solve_command

    return solve_command(argv, began=began, stopped=stopped)


def audit(argv: Sequence[str], _: Settings) -> int:
    """Read a plan against its problem."""
    from planner.routing.command import audit_command

    return audit_command(argv)


def verdict(argv: Sequence[str], _: Settings) -> int:
    """Say whether debtors are clustered among customers."""
    from planner.verdict import verdict_command

    return verdict_command(argv)


def roads(argv: Sequence[str], settings: Settings) -> int:
    """Build a region, or give travel times."""
    from geodata.roads.command import roads_command

    paths = settings.paths
    folders = {"regions": paths.regions, "executables": paths.osrm, "matrices": paths.matrices}
    return roads_command(argv, **folders, basemaps=paths.basemap)


def check(argv: Sequence[str], _: Settings) -> int:
    """Read an overdue list and change nothing."""
    from planner.intake.waiting import WAITING

    WAITING.make_ready()  # it starts while this process loads the rest
    from config.profiles import load_profiles
    from planner.intake.command import check_command

    return check_command(argv, profiles=load_profiles(), today=today())


def take(argv: Sequence[str], settings: Settings) -> int:
    """Read an overdue list and store what was accepted."""
    from planner.intake.waiting import WAITING

    WAITING.make_ready()  # it starts while this process loads the rest
    from config.places import index_of
    from config.profiles import load_profiles
    from geodata.roads.travel import RoadFailure
    from planner.domain import Principal, Role
    from planner.intake.asking import read_as
    from planner.intake.command import ListToStore, Refused, import_command
    from planner.intake.issue import Issue
    from planner.receive import ListSource, located, receive, remember, remembered, repeats

    store = opened(settings)

    def save(one: ListToStore) -> Mapping[str, object]:
        asking = Principal("import", Role.SYSTEM, frozenset({one.branch}))
        branch = next(iter(store.branches(asking)), None)
        if branch is None:
            raise Refused(f"There is no branch {one.branch!r}.")
        try:
            index = index_of(settings, branch.road_region)
        except RoadFailure as error:
            raise Refused(f"{error}.") from error
        source = ListSource(
            one.path.name, hashlib.sha256(one.path.read_bytes()).hexdigest(), read_as(one.profile, one.answers)
        )
        if one.preview:
            from planner.view.changes import changes as import_changes  # most of the pages come with it

            tables = located(store, asking, branch.code, one.checked, index=index)
            told = import_changes(store, asking, branch.code, tables.listed(), unsaid=tables.unsaid)
            details = told.details if one.full else told.details[told.details["what"] != "gone"]
            return {name: getattr(told, name) for name in ("added", "changed", "unchanged")} | {
                "gone": told.gone if one.full else 0,  # a list in part closes nothing
                "kept": sorted(told.kept),
                "details": details.to_dict("records"),
                "repeated": repeats(store, asking, branch.code, source)[one.full],
                "issues": [each.as_dict() for each in tables.issues],
            }
        found: list[Issue] = []
        result = receive(
            store,
            asking,
            branch.code,
            one.checked,
            source,
            index=index,
            now=clock(),
            full_list=one.full,
            heard=found.extend,
        )
        remember(store, asking, branch.code, one.kind, one.answers, now=clock())
        return asdict(result) | {"issues": [each.as_dict() for each in found]}

    def answered(code: str, kind: str) -> Mapping[str, str]:
        asking = Principal("import", Role.SYSTEM, frozenset({code}))
        return remembered(store, asking, code, kind) if store.branches(asking) else {}

    def today_at(code: str) -> date:
        branch = next(iter(store.branches(Principal("import", Role.SYSTEM, frozenset({code})))), None)
        return today() if branch is None else clock().astimezone(ZoneInfo(branch.timezone)).date()

    return import_command(argv, profiles=load_profiles(), save=save, today_at=today_at, remembered=answered)


def undo(argv: Sequence[str], settings: Settings) -> int:
    """Take the newest import of a branch back."""
    from planner.undo_command import undo_command

    return undo_command(argv, store=opened(settings), now=clock())


def team(argv: Sequence[str], settings: Settings) -> int:
    """Save a bank's own branches and field team."""
    from config.rules import load_pack, packs
    from config.team import load_team
    from planner.team_command import Ground, team_command

    paths, store = settings.paths, opened(settings)
    rules = {code: load_pack(code) for code in packs()}
    ground = Ground(paths.regions, paths.basemap)
    return team_command(argv, load=load_team, packs=rules, store=store, ground=ground, now=clock())


def plan(argv: Sequence[str], settings: Settings) -> int:
    """Plan a branch's week from the store."""
    from planner.command import plan_command

    store = opened(settings)
    return plan_command(argv, store=store, supply=supplier(settings, store, go_on=True), clock=clock)


def bank(argv: Sequence[str], settings: Settings) -> int:
    """Plan the week of every branch."""
    from planner.__main__ import branch_of_bank  # by the name under which a worker finds it
    from planner.bank.command import bank_command

    return bank_command(
        argv,
        store=opened(settings),
        work=branch_of_bank,
        runs=settings.paths.bank_runs,
        limit_mb=settings.bank_worker_mb,
        embedded=settings.database_url.startswith("sqlite"),
        clock=clock,
    )


def branch_of_bank(told: Mapping[str, Any], branch: str) -> Mapping[str, Any]:
    """Plan one branch of a run, or do its part of the loans, in a worker and by the settings of its machine."""
    from planner.bank.branch import plan_branch
    from planner.bank.lending import TASK, lending_task
    from planner.bank.order import SPARE, Answer, State, order_of

    logs.install(*log_settings(os.environ, level="warning"))
    try:
        settings = load_settings(ROOT, os.environ)
        store = opened(settings)
    except (BadSettings, NotSetUp) as error:
        reason = f"A worker's machine is not set up: {error}"
        return {"reason": reason} if TASK in told else Answer(branch, State.REFUSED, reason=reason).told()
    try:
        order = order_of({key: value for key, value in told.items() if key not in (TASK, SPARE)})
        supply, limit_mb = supplier(settings, store, together=True), settings.bank_worker_mb
        if TASK in told:
            return lending_task(order, branch, told[TASK], store=store, supply=supply, limit_mb=limit_mb)
        spare = int(told.get(SPARE, 0))
        return plan_branch(order, branch, store=store, supply=supply, limit_mb=limit_mb, spare=spare).told()
    finally:
        store.close()


def worth(argv: Sequence[str], settings: Settings) -> int:
    """Say what one more shift on each day of a saved plan is worth."""
    from config.what_if import load_what_if
    from planner.worth_command import worth_command

    store = opened(settings)
    evening = load_what_if().evening_s
    return worth_command(argv, store=store, supply=supplier(settings, store), clock=clock, evening=evening)


def bound(argv: Sequence[str], settings: Settings) -> int:
    """Say how much better than a saved plan any plan can be."""
    from planner.bound_command import bound_command

    store = opened(settings)
    return bound_command(argv, store=store, supply=supplier(settings, store), clock=clock)


def scenario(argv: Sequence[str], settings: Settings) -> int:
    """Plan a week otherwise and save it as a scenario."""
    from config.rules import load_pack
    from planner.scenario_command import scenario_command

    store = opened(settings)
    return scenario_command(argv, store=store, supply=supplier(settings, store), packs=load_pack, clock=clock)


def demo(argv: Sequence[str], settings: Settings) -> int:
    """Prepare the demo city, its people and its first plans."""
    from planner.demo.alone import alone

    made = Arguments(prog="python -m planner demo", description=demo.__doc__)
    made.add_argument("--anew", action="store_true", help="throw the demo's database away and make it again")
    arguments = made.parse_args(argv)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"     {time.monotonic() - began:5.1f} s  {text}", flush=True)

    print("\033[1m6/6  Demo city\033[0m", flush=True)
    with alone(settings.paths.var / "demo.lock", say):
        return prepare_demo(settings, anew=arguments.anew, say=say)


def backup(argv: Sequence[str], settings: Settings) -> int:
    """Copy the database to a file."""
    from planner.store_command import backup_command

    postgres = not settings.database_url.startswith("sqlite")
    if postgres and not settings.database_backup_url:
        raise NotSetUp(
            "A PostgreSQL database is copied by a role that may read it all: set ROUNDS_DATABASE_BACKUP_URL."
        )
    reader = settings.database_backup_url if postgres else ""
    return backup_command(argv, store=opened(settings), reader=reader, now=clock())


def restore(argv: Sequence[str], settings: Settings) -> int:
    """Make the database of a copy."""
    from planner.store_command import restore_command

    return restore_command(argv, url=settings.database_url, owner=settings.database_owner_url)


def retention(argv: Sequence[str], settings: Settings) -> int:
    """Say who may be erased, and erase them."""
    from config.places import forget_addresses
    from config.retention import load_retention
    from planner.store_command import retention_command

    def forget(addresses: Sequence[str], before: datetime) -> None:
        forget_addresses(settings, addresses, before)

    months = load_retention().value
    return retention_command(argv, store=opened(settings), months=months, now=clock(), forget=forget)


def account(argv: Sequence[str], settings: Settings) -> int:
    """Say who may sign in."""
    from planner.account_command import account_command
    from planner.demo.marks import SEEDED
    from planner.domain import Principal, Role

    store = opened(settings)
    codes = store.branch_codes(Principal("set-up", Role.SYSTEM, frozenset()))
    asking = Principal("set-up", Role.SYSTEM, frozenset(codes))
    is_demo = any(store.setting(asking, one, SEEDED) is not None for one in codes)
    door = is_demo and settings.sign_in == "demo" and not settings.public_url
    return account_command(argv, store=store, now=clock(), demo_door=door)


def prepare_demo(settings: Settings, *, anew: bool, say: Callable[[str], None]) -> int:
    """Make what is missing of the demo; give the exit status."""
    from config.parameters import load as load_parameters
    from config.profiles import load_profile
    from config.survey import load_survey
    from geodata.roads.travel import RoadFailure
    from planner.demo.adopted import prepare_models
    from planner.demo.marks import SEEDED
    from planner.demo.phones import prepare_phones
    from planner.demo.prepare import (
        BRANCHES,
        prepare_agency,
        prepare_ground,
        prepare_lists,
        prepare_plans,
        prepare_store,
    )  # fmt: skip
    from planner.demo.seed import system
    from planner.demo.walked import prepare_walked
    from planner.reading import NothingToPlan
    from planner.region_index import region_index
    from planner.store import migrate, open_store

    paths = settings.paths
    if os.environ.get(PREFIX + "DATABASE_URL", "").strip():
        say("ROUNDS_DATABASE_URL names a database of your own: it is brought up to date, and no demo is put into it.")
        migrate(settings.database_url, owner=settings.database_owner_url)
        return 0
    if anew:
        forget(paths.database)
    grown, built = prepare_ground(paths.var / "demo", paths.region("yunxi"), paths.osrm, paths.basemap, say)
    migrate(settings.database_url)
    store = open_store(settings.database_url)
    asking = system(frozenset(BRANCHES))
    if store.branches(asking) and store.setting(asking, BRANCHES[0], SEEDED) is None:
        # An earlier run was broken off half-way: half a demo would stay half for good.
        store.close()
        forget(paths.database)
        migrate(settings.database_url)
        store = open_store(settings.database_url)
    if not store.branches(asking):
        index = region_index(built)
        terms, lists = load_survey().review, paths.var / "demo"
        prepare_store(store, grown, lists, profile=load_profile(), index=index, terms=terms, now=clock(), say=say)
        store.save_setting(asking, BRANCHES[0], SEEDED, value=clock().isoformat(), now=clock())
    # Before any plan, so that all of a branch's plans share one matrix of travel times.
    prepare_agency(store, now=clock(), say=say)
    prepare_phones(store, now=clock())
    try:
        prepare_walked(store, supplier(settings, store), now=clock(), say=say)
    except (RoadFailure, NothingToPlan) as error:
        print(f"A past plan could not be made: {error}. Repeat the command; what is done is kept.", file=sys.stderr)
        return 1
    prepare_lists(store, now=clock(), say=say)
    prepare_models(store, load_parameters(), BRANCHES, now=clock(), say=say)
    try:
        prepare_plans(store, supplier(settings, store), now=clock(), say=say)
    except (RoadFailure, NothingToPlan) as error:
        print(f"A first plan could not be made: {error}. Repeat the command; what is done is kept.", file=sys.stderr)
        return 1
    say("The demo is ready.")
    return 0


def forget(database: Path) -> None:
    """Remove the embedded database and the files beside it."""
    for file in database.parent.glob(database.name + "*"):
        file.unlink()


def supplier(
    settings: Settings, store: Store, *, go_on: bool = False, together: bool = False
) -> Callable[[str], AbstractContextManager[Means]]:
    """Give what plans of a branch are made with, for a block; ``go_on``, ``together`` as in ``config.roads``."""
    from config.roads import roads_of
    from config.rules import load_pack
    from config.traffic import parameters_for
    from geodata.osm.gazetteer import read_gazetteer
    from geodata.roads.region import open_region
    from geodata.roads.travel import RoadFailure
    from planner.domain import Principal, Role
    from planner.means import Means
    from planner.reading import NothingToPlan

    @contextmanager
    def supply(branch: str) -> Iterator[Means]:
        asking = Principal("planner", Role.SYSTEM, frozenset({branch}))
        known = next((one for one in store.branches(asking) if one.code == branch), None)
        if known is None:
            raise NothingToPlan(f"There is no branch {branch!r}.")
        try:
            numbers = parameters_for(settings, known.road_region)
        except BadConfig as error:
            raise NothingToPlan(f"The traffic of the region cannot be used: {error}.") from error
        region = known.road_region
        with roads_of(settings, region, os.environ, today=today(), go_on=go_on, together=together) as engine:
            yield Means(store, engine, load_pack(known.rule_pack), numbers, names_of(known.road_region))

    def names_of(name: str) -> Gazetteer | None:
        try:
            region = open_region(settings.paths.region(name))
        except RoadFailure:  # a bank with a road server of its own may have built none
            return None
        return read_gazetteer(region.landmarks, region.streets)

    return supply


def today() -> date:
    """Give today's date where this machine is."""
    return clock().astimezone().date()


def clock() -> datetime:
    """Give the present moment: the only clock of the commands."""
    return datetime.now(UTC)


COMMANDS: dict[str, tuple[Callable[[Sequence[str], Settings], int], str]] = {
    "check": (check, "read an overdue list as the import would, and change nothing"),
    "import": (take, "read an overdue list and store the rows that were accepted"),
    "undo": (undo, "take the newest import of a branch back"),
    "team": (team, "save your own branches, collectors, crews, shifts and customers from a file"),
    "plan": (plan, "plan a branch's week from the store"),
    "bank": (bank, "plan the week of every branch, on this machine or on a Dask cluster"),
    "scenario": (scenario, "plan a week otherwise and save it as a scenario"),
    "bound": (bound, "say how much better than a saved plan any plan can be"),
    "worth": (worth, "say what one more shift on each day of a saved plan is worth"),
    "solve": (solve, "plan a problem file"),
    "audit": (audit, "read a plan against its problem and name every broken promise"),
    "verdict": (verdict, "say whether debtors are clustered among customers, scattered, or it cannot be told"),
    "roads": (roads, "build a region from an OpenStreetMap extract, or give travel times"),
    "account": (account, "say who may sign in and as what; make the first administrator"),
    "backup": (backup, "copy the database to a file while it is in use"),
    "restore": (restore, "make the database of a copy"),
    "retention": (retention, "say whose data has been kept long enough, and erase it if told to"),
    "demo": (demo, "prepare the demo city, its people and its first plans"),
}

if __name__ == "__main__":
    logs.install(*log_settings(os.environ, level="warning"))
    sys.exit(main(sys.argv[1:]))
