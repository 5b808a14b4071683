"""The plan of a changed day as it is kept: its route, its documents, and what was said of the day."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from planner.day_change.prepared import Prepared
from planner.domain import Principal
from planner.store import SavedPlan


def route_made(prepared: Prepared, found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give the whole day's route: what was made, as it was made, and the rest as it was found."""
    own, free_at, taken = prepared.own, prepared.free_at, prepared.taken
    done = [dict(one) for one in own.route["stops"] if one["visit"] in own.recorded]
    done.sort(key=lambda one: own.recorded[one["visit"]]["started_at"])
    if done:
        done[-1]["leaves"] = max(free_at, done[-1]["begins"])
    stops = list((found or {}).get("stops", ()))
    past = sorted(own.route.get("breaks", []), key=lambda one: float(one["begins"]))[:taken]
    ahead = [one for one in (found or {}).get("breaks", ()) if one not in past]
    leaves = own.route["leaves_start"] if done else found["leaves_start"] if found and stops else free_at
    return {
        "shift": own.shift.shift_id,
        "leaves_start": leaves,
        "reaches_end": found["reaches_end"] if found and stops else round(free_at + (prepared.home_s if done else 0)),
        "stops": [*done, *stops],
        "breaks": [*past, *ahead] if stops else past,
    }


def day_saved(
    prepared: Prepared,
    principal: Principal,
    routes: Sequence[Mapping[str, Any]],
    dropped: Sequence[Sequence[Any]],
    added: Sequence[str],
    moved: int,
) -> SavedPlan:
    """Give the plan of the day as it would be kept.

    Parameters
    ----------
    dropped
        Debtor, whether required, and why, of each stop that is not made any more.
    """
    own, news, at = prepared.own, prepared.news, prepared.at
    whole = own.saved.context
    told = {
        "shift": own.shift.shift_id,
        "at": at.isoformat(),
        **{key: value for key, value in asdict(news).items() if value not in ("", None)},
        "moved": moved,
        "added": list(added),
        "dropped": list(dropped),
    }
    if prepared.free_at > own.seconds(at):
        told["free_at"] = own.moment(prepared.free_at).isoformat()
    empty: dict[str, Any] = {"one_more": {}, "lines": {}, "removed": [], "channels": {}, "load": {}, "verdicts": {}}
    kept = {key: copy.deepcopy(whole[key]) for key in ("currency", "days", "groups", "parameters")}
    return SavedPlan(
        plan_id="",
        branch=own.branch.code,
        week=own.saved.week,
        parent=own.saved.plan_id,
        created_at=at,
        created_by=principal.name,
        problem=prepared.document,
        plan={**own.saved.plan, "routes": routes, "left_out": [], "bound": None, "bound_is_valid": False,
              "bound_kind": None, "status": "feasible", "made_with": "planner day change"},
        context={**empty, **kept, **prepared.context, "roads_estimated": prepared.estimated, "far_from_streets": 0,
                 "unreachable_pairs": 0},
        metrics={"plan": {}, "baseline": {}, "routes": {}, "finish": {"certainty": None, "routes": {}}, "day": told},
        rule_pack=own.saved.rule_pack,
        road_source=prepared.source,
        seed=own.saved.seed,
    )  # fmt: skip
