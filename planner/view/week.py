"""The week of a branch as its manager sees it: routes, stops, who is left out and why, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from planner.domain import Principal, Role
from planner.promised import ON_A_ROUTE
from planner.routing.windows import may_begin_saved
from planner.store import SavedPlan, Store

Metrics = Mapping[str, Any]

#: the reason of those for whom another channel brings more than a visit beyond its way
CHEAPER, NOT_WORTH = "cheaper_channel", "not_worth_travel"
#: of a debtor to whom a visit brings more than any other way, and whose visit earns less than those that fill the hours
DISPLACED, HOURS = "displaced", "hours"
#: reasons that leave room for another channel
ROOM = frozenset(
    {NOT_WORTH, "displaced", "kept_apart", "shift_full", "not_chosen", "too_far", "no_road", "no_window_this_week"}
)
#: what is done instead, by channel (``planner.value.channels``)
ACTIONS = {"letter": "Send a letter.", "phone": "Telephone."}


@dataclass(frozen=True)
class StopView:
    """One stop of a route. Times are aware; money is minor units; ``name`` is empty for who may not see it."""

    number: int
    shift_id: str
    crew_id: str
    debtor_id: str
    place_id: str
    place_kind: str
    name: str
    lon: float
    lat: float
    arrives_at: datetime
    begins_at: datetime
    leaves_at: datetime
    opens_at: datetime
    closes_at: datetime
    overdue_minor: int
    value_minor: float
    value_parts: Mapping[str, float]
    bucket: str
    visit_group: str
    required: bool
    required_reason: str
    locked: bool = False
    #: the last day of the clock that requires the visit, and the branch's own limits that it goes before
    deadline_on: date | None = None
    set_aside: tuple[str, ...] = ()


@dataclass(frozen=True)
class FinishView:
    """How likely a route ends in its shift: chance, mean overtime, early, middle and late return, and its stops.

    ``made`` gives the chance by debtor that the crew comes inside the window, ``begins`` from when to when it comes in
    eight days of ten.
    """

    in_time: float
    overtime: timedelta
    returns: tuple[datetime, datetime, datetime]
    made: Mapping[str, float]
    begins: Mapping[str, tuple[datetime, datetime]]


@dataclass(frozen=True)
class RouteView:
    """A crew's shift with its stops, breaks and the line along the streets (lon, lat)."""

    shift_id: str
    crew_id: str
    crew_name: str
    colour: int
    day: date
    shift_starts_at: datetime
    shift_ends_at: datetime
    leaves_at: datetime | None
    returns_at: datetime | None
    depot: tuple[float, float]
    stops: tuple[StopView, ...]
    breaks: tuple[tuple[datetime, datetime], ...]
    line: tuple[tuple[float, float], ...]
    efficiency: Metrics
    finish: FinishView | None = None  # none in plans of old


@dataclass(frozen=True)
class LeftOutView:
    """Somebody who is not visited this week: why, and what can be done about it."""

    debtor_id: str
    name: str
    lon: float
    lat: float
    overdue_minor: int
    value_minor: float
    bucket: str
    visit_group: str
    reason: str
    detail: str
    action: str
    article: str
    required: bool = False
    required_reason: str = ""
    instead: str = ""  # the channel that is used instead, "" where none is known


@dataclass(frozen=True)
class GroupView:
    """A visit group: its names, how many debtors, seconds at the doors and between them, value, and a lon, lat ring."""

    code: str
    name_zh: str
    name_en: str
    size: int
    door_s: int
    travel_s: float | None
    value_minor: float
    outline: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class WeekView:
    """Everything the week page shows about one plan."""

    branch: str
    week: str
    plan_id: str
    parent: str
    created_at: datetime
    created_by: str
    published_at: datetime | None
    rule_pack: str
    road_source: str
    roads_estimated: bool
    far_from_streets: int
    unreachable_pairs: int
    currency: str
    days: tuple[date, ...]
    routes: tuple[RouteView, ...]
    left_out: tuple[LeftOutView, ...]
    metrics: Metrics
    baseline: Metrics
    objective: float
    bound: float | None  # only one that no plan can exceed
    bound_kind: str
    status: str
    one_more: Mapping[date, float] = field(default_factory=dict)  # what one more shift of that day would be worth
    groups: Mapping[str, Any] = field(default_factory=dict)
    visit_groups: Mapping[str, GroupView] = field(default_factory=dict)  # by code; none in plans of old
    verdicts: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    load: Mapping[str, Any] = field(default_factory=dict)  # ``planner.load.told``; none in plans of old
    asked_in_time: float | None = None  # with which chance each route was asked to end in its shift; None: as it comes


def week_view(store: Store, principal: Principal, plan_id: str) -> WeekView:
    """Read a saved plan as a week.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see the plan's branch.
    KeyError
        If there is no such plan.
    """
    saved = store.plan(principal, plan_id)
    names = contact_names(store, principal, saved.branch)
    context = saved.context
    routes = tuple(
        route_view(saved, route, names) for route in saved.plan["routes"] if route["shift"] in context["shifts"]
    )
    return WeekView(
        branch=saved.branch,
        week=saved.week,
        plan_id=saved.plan_id,
        parent=saved.parent or "",
        created_at=saved.created_at,
        created_by=saved.created_by,
        published_at=published_at(store, principal, saved),
        rule_pack=saved.rule_pack,
        road_source=saved.road_source,
        roads_estimated=bool(context["roads_estimated"]),
        far_from_streets=int(context["far_from_streets"]),
        unreachable_pairs=int(context["unreachable_pairs"]),
        currency=context["currency"],
        days=tuple(date.fromisoformat(day) for day in context["days"]),
        routes=tuple(sorted(routes, key=lambda route: (route.day, route.colour, route.shift_starts_at))),
        left_out=left_out(saved, names),
        metrics=saved.metrics["plan"],
        baseline=saved.metrics["baseline"],
        objective=float(saved.plan["objective"]),
        bound=saved.plan["bound"] if saved.plan.get("bound_is_valid") else None,
        bound_kind=str(saved.plan.get("bound_kind") or ""),
        status=str(saved.plan["status"]),
        one_more=one_more(context),
        groups=context["groups"],
        visit_groups=group_views(context["groups"]),
        verdicts=context["verdicts"],
        parameters=context["parameters"],
        load=context.get("load", {}),
        asked_in_time=saved.metrics.get("finish", {}).get("certainty"),
    )


def group_views(groups: Mapping[str, Any]) -> dict[str, GroupView]:
    """Give the visit groups of a plan by code; a plan saved before groups had names gives none."""
    return {
        one["visit_group"]: GroupView(
            code=one["visit_group"],
            name_zh=one["name_zh"],
            name_en=one["name_en"],
            size=int(one["size"]),
            door_s=int(one["door_s"]),
            travel_s=one["travel_s"],
            value_minor=float(one["value_minor"]),
            outline=tuple((float(lon), float(lat)) for lon, lat in one["outline"]),
        )
        for one in groups.get("named", [])
    }


def one_more(context: Mapping[str, Any]) -> dict[date, float]:
    """Give for each day the worth of one more shift like its best, as the bound's prices tell it; empty if unknown."""
    best: dict[date, float] = {}
    for shift, worth in context.get("one_more", {}).items():
        day = date.fromisoformat(context["shifts"][shift]["day"])
        best[day] = max(best.get(day, 0.0), float(worth))
    return best


def contact_names(store: Store, principal: Principal, branch: str) -> dict[str, str]:
    """Give debtors' names to those who may see contact cards, and nothing to anybody else."""
    if principal.role not in (Role.MANAGER, Role.COLLECTOR):
        return {}
    cards = store.contacts(principal, branch)
    return dict(zip(cards["debtor_id"].tolist(), cards["name"].tolist(), strict=True))


def published_at(store: Store, principal: Principal, saved: SavedPlan) -> datetime | None:
    """Say when this plan was put in force, None if it is not the one in force."""
    rows = store.plans(principal, saved.branch, saved.week)
    return next((row.published_at for row in rows if row.plan_id == saved.plan_id and row.in_force), None)


def clock(saved: SavedPlan, seconds: float) -> datetime:
    """Turn seconds from the problem's origin into an aware time."""
    return datetime.fromisoformat(saved.problem["origin"]) + timedelta(seconds=float(seconds))


def route_view(saved: SavedPlan, route: Mapping[str, Any], names: Mapping[str, str]) -> RouteView:
    """Join one route of the plan with what the context knows of its shift, places and debtors."""
    context = saved.context
    shift = context["shifts"][route["shift"]]
    visits = {visit["id"]: visit for visit in saved.problem["visits"]}
    stops = tuple(
        stop_view(saved, shift, stop, number, visits[stop["visit"]], names)
        for number, stop in enumerate(route["stops"], start=1)
    )
    return RouteView(
        shift_id=route["shift"],
        crew_id=shift["crew_id"],
        crew_name=shift["crew_name"],
        colour=int(shift["colour"]),
        day=date.fromisoformat(shift["day"]),
        shift_starts_at=clock(saved, shift["starts"]),
        shift_ends_at=clock(saved, shift["ends"]),
        leaves_at=clock(saved, route["leaves_start"]) if stops else None,
        returns_at=clock(saved, route["reaches_end"]) if stops else None,
        depot=(float(shift["depot"][0]), float(shift["depot"][1])),
        stops=stops,
        breaks=tuple(
            (clock(saved, pause["begins"]), clock(saved, pause["begins"] + pause["lasts_s"]))
            for pause in route.get("breaks", [])
        ),
        line=tuple((float(lon), float(lat)) for lon, lat in context["lines"].get(route["shift"], [])),
        efficiency=saved.metrics["routes"].get(route["shift"], {}),
        finish=finish_view(saved, route["shift"]),
    )


def finish_view(saved: SavedPlan, shift: str) -> FinishView | None:
    """Read how likely a route ends in its shift; None for a route without stops, or a plan that did not say."""
    said = saved.metrics.get("finish", {}).get("routes", {}).get(shift)
    if said is None:
        return None
    early, middle, late = (clock(saved, moment) for moment in said["returns"])
    return FinishView(
        in_time=float(said["in_time"]),
        overtime=timedelta(seconds=said["overtime_s"]),
        returns=(early, middle, late),
        made={debtor: float(one["made"]) for debtor, one in said["stops"].items()},
        begins={
            debtor: (clock(saved, one["begins"][0]), clock(saved, one["begins"][2]))
            for debtor, one in said["stops"].items()
        },
    )


def stop_view(
    saved: SavedPlan,
    shift: Mapping[str, Any],
    stop: Mapping[str, Any],
    number: int,
    visit: Mapping[str, Any],
    names: Mapping[str, str],
) -> StopView:
    """Join one stop with its option, place and debtor."""
    option = visit["options"][stop["option"]]
    facts = saved.context["options"][stop["visit"]][stop["option"]]
    debtor = saved.context["debtors"][stop["visit"]]
    place = saved.context["places"][option.get("place", visit["place"])]
    opens, closes = may_begin_saved(visit, stop["option"])
    return StopView(
        number=number,
        shift_id=shift["shift_id"],
        crew_id=shift["crew_id"],
        debtor_id=stop["visit"],
        place_id=place["place_id"],
        place_kind=place["kind"],
        name=names.get(stop["visit"], ""),
        lon=float(place["lon"]),
        lat=float(place["lat"]),
        arrives_at=clock(saved, stop["arrives"]),
        begins_at=clock(saved, stop["begins"]),
        leaves_at=clock(saved, stop["leaves"]),
        opens_at=clock(saved, opens),
        closes_at=clock(saved, closes),
        overdue_minor=int(debtor["overdue_minor"]),
        value_minor=float(facts.get("worth_minor", 100 * float(option["value"]))),
        value_parts=facts,
        bucket=debtor["bucket"],
        visit_group=debtor["visit_group"],
        required=bool(visit["required"]),
        required_reason=debtor["required_reason"],
        locked=any(one["visit"] == stop["visit"] for one in saved.problem.get("locks", ())),
        # Plans of old know neither.
        deadline_on=date.fromisoformat(debtor["deadline_on"]) if debtor.get("deadline_on") else None,
        set_aside=tuple(debtor.get("set_aside", ())),
    )


def left_out(saved: SavedPlan, names: Mapping[str, str]) -> tuple[LeftOutView, ...]:
    """List whom the plan leaves out and whom the rules removed before it: visits that are due first, then the best.

    Who waits on a route that was published earlier is not left out: a crew is on its way there.
    """
    debtors: Mapping[str, Any] = saved.context["debtors"]
    ways: Mapping[str, Any] = saved.context.get("channels", {}).get("rows", {})
    rows = [
        {"debtor_id": one["visit"], "article": "", **{key: one.get(key, "") for key in ("reason", "detail", "action")}}
        for one in saved.plan["left_out"]
    ] + [one for one in saved.context["removed"] if one["reason"] != ON_A_ROUTE]
    views = []
    for row in (with_way(one, ways.get(one["debtor_id"], {})) for one in rows):
        debtor = debtors[row["debtor_id"]]
        views.append(
            LeftOutView(
                debtor_id=row["debtor_id"],
                name=names.get(row["debtor_id"], ""),
                lon=float("nan") if debtor["lon"] is None else float(debtor["lon"]),
                lat=float("nan") if debtor["lat"] is None else float(debtor["lat"]),
                overdue_minor=int(debtor["overdue_minor"]),
                value_minor=float(debtor["best_value_minor"]),
                bucket=debtor["bucket"],
                visit_group=debtor["visit_group"],
                reason=row["reason"],
                detail=row["detail"],
                action=row["action"],
                article=row["article"],
                required=bool(debtor["required"]),
                required_reason=debtor["required_reason"],
                instead=str(ways.get(row["debtor_id"], {}).get("channel", "")),
            )
        )
    return tuple(sorted(views, key=lambda view: (not view.required, -view.value_minor, view.debtor_id)))


def with_way(row: Mapping[str, Any], way: Mapping[str, Any]) -> dict[str, Any]:
    """Say of somebody left out what is done instead of a visit.

    Where a call or a letter pays better than the way, that is the reason; else it is done until there is room for him.
    What a rule says comes first and stays as it is.
    """
    action = ACTIONS.get(str(way.get("channel", "")))
    if action is None or row["article"] or row["reason"] not in ROOM:
        return dict(row)
    if row["reason"] == NOT_WORTH:
        reason = DISPLACED if way.get("code") == HOURS else CHEAPER
        return dict(row) | {"reason": reason, "detail": way["why"], "action": action}
    return dict(row) | {"detail": f"{way['why']} {row['detail']}", "action": f"{action} {row['action']}"}
