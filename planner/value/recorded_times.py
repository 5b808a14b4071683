"""What recorded visits tell of time: minutes at doors, and legs from one recorded door to the next.

A visit's times are those of the phone: ``started_at`` is when the crew said that it is at the door, ``ended_at`` when
the outcome was saved; the way from the kerb is part of it. Who said nothing at the door has a visit of a few seconds.
What cannot be true is left out and counted by its reason (``REASONS``), never mended: an outcome entered at the
evening's desk says what happened, not when.

A leg is known where a crew was recorded at two doors that follow each other in the plan by which it went, with no break
planned between them: from when it left the first to when it stood at the second. Where it stood there no later than
just after the window opened it may have waited, and the leg is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.domain import OutcomeCode
from planner.value.learning import MET, NOBODY, NOT_RIGHT, NOT_VALID
from planner.value.parameters import Parameters

#: who was met, as the time at a door goes by it
NO_ONE, OTHER, RIGHT = CONTACTS = ("nobody", "third_party", "right_person")
CODES: Mapping[str, frozenset[OutcomeCode]] = {NO_ONE: NOBODY | NOT_VALID, OTHER: NOT_RIGHT, RIGHT: MET}
CONTACT_OF = {code.value: contact for contact, codes in CODES.items() for code in codes}
#: why a visit's times are left out, in the order in which it is asked; the codes of the page
NO_TIMES, AT_ONCE, TOO_LONG, TWO_DOORS, OTHER_CODE = REASONS = (
    *("no_times", "at_once", "too_long", "two_doors", "other_code"),
)
DOORS = ["debtor_id", "crew_id", "on", "contact", "rural", "minutes"]
LEGS = ["crew_id", "on", "hour", "planned_s", "took_s"]
#: a crew that stands at a door so long after its window opened has not waited for it
WAITED = timedelta(minutes=3)
#: a leg that took so much longer than planned was no drive alone
STRAYED, STRAYED_S = 4.0, 900.0


@dataclass(frozen=True)
class Doors:
    """Visits with times that may be true (``DOORS``), and how many were left out by reason."""

    table: pd.DataFrame
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Driven:
    """Legs that were driven (``LEGS``, ``planned_s`` without the plan's own factors), and those left out by reason."""

    table: pd.DataFrame
    left_out: Mapping[str, int]


def plausible(outcomes: pd.DataFrame, parameters: Parameters) -> pd.Series:
    """Say of each outcome why its times cannot be used, "" where they can.

    Parameters
    ----------
    outcomes
        The latest entries (``learning.current``), ``tables.OUTCOMES``.
    """
    minutes = (outcomes["ended_at"] - outcomes["started_at"]).dt.total_seconds() / 60
    why = pd.Series("", index=outcomes.index, dtype="str")
    why[~outcomes["code"].isin(CONTACT_OF)] = OTHER_CODE
    ordered = outcomes.sort_values(["crew_id", "started_at", "ended_at"])
    crew = ordered["crew_id"]
    same = crew.eq(crew.shift())
    over = same & (ordered["started_at"] < ordered["ended_at"].groupby(crew).cummax().shift())
    # Who is at two doors at once was at one of them only, and nobody knows which.
    before = over.shift(-1, fill_value=False)
    why[(over | before).reindex(outcomes.index)] = TWO_DOORS
    why[~(minutes <= parameters.longest_visit.value)] = TOO_LONG
    for column in ("started_at", "ended_at"):
        minute = outcomes[column].dt.floor("min")
        many = outcomes.groupby([outcomes["crew_id"], minute])["outcome_id"].transform("size")
        why[many >= parameters.entered_at_once.value] = AT_ONCE
    why[~(minutes >= parameters.shortest_visit.value)] = NO_TIMES
    return why


def doors(outcomes: pd.DataFrame, rural: Mapping[str, bool], parameters: Parameters, zone: ZoneInfo) -> Doors:
    """Give the visits whose minutes may be true; ``rural`` says of a debtor whether the way to him is the country's."""
    why = plausible(outcomes, parameters)
    kept = outcomes[why == ""]
    table = pd.DataFrame(
        {
            "debtor_id": kept["debtor_id"],
            "crew_id": kept["crew_id"],
            "on": kept["started_at"].dt.tz_convert(zone).dt.date,
            "contact": kept["code"].map(CONTACT_OF),
            "rural": kept["debtor_id"].map(rural).eq(True),
            "minutes": (kept["ended_at"] - kept["started_at"]).dt.total_seconds() / 60,
        }
    ).reset_index(drop=True)
    return Doors(table[DOORS], counted(why))


def counted(why: pd.Series) -> dict[str, int]:
    """Count the reasons, in their order."""
    return {reason: int((why == reason).sum()) for reason in REASONS if (why == reason).any()}


def legs(
    plans: Mapping[str, Mapping[str, Any]], outcomes: pd.DataFrame, parameters: Parameters, zone: ZoneInfo
) -> Driven:
    """Give the legs that crews drove along their plans.

    Parameters
    ----------
    plans
        By plan id: ``origin`` (when its seconds begin), ``routes`` and ``visits`` as its documents have them, and
        ``hour_factors`` or None: what its legs were lengthened by. ``estimated``: whether its ways were straight lines,
        beside which a drive tells nothing of the hour.
    outcomes
        The latest entries.
    """
    why = plausible(outcomes, parameters)
    rows, left = list[tuple[Any, ...]](), dict[str, int]()

    def leave(reason: str) -> None:
        left[reason] = left.get(reason, 0) + 1

    for plan_id, mine in outcomes.assign(why=why).groupby("plan_id"):
        plan = plans.get(str(plan_id))
        if plan is None:
            continue
        visits = {one["id"]: one for one in plan["visits"]}
        entries = {str(one["debtor_id"]): one for one in mine.to_dict("records")}
        for route in plan["routes"]:
            for one, two in zip(route["stops"], route["stops"][1:], strict=False):
                a, b = entries.get(one["visit"]), entries.get(two["visit"])
                if a is None or b is None or a["crew_id"] != b["crew_id"]:
                    continue
                reason = unusable(plan, route, one, two, a, b, visits, parameters)
                if reason:
                    leave(reason)
                    continue
                departs = pd.Timestamp(a["ended_at"]).tz_convert(zone)
                planned = free_flow(plan, one, two, zone)
                took = (b["started_at"] - a["ended_at"]).total_seconds()
                if took > STRAYED * planned + STRAYED_S:
                    leave("strayed")
                    continue
                rows.append((a["crew_id"], departs.date(), departs.hour, planned, took))
    return Driven(pd.DataFrame(rows, columns=LEGS), left)


def unusable(
    plan: Mapping[str, Any],
    route: Mapping[str, Any],
    one: Mapping[str, Any],
    two: Mapping[str, Any],
    a: Mapping[Any, Any],
    b: Mapping[Any, Any],
    visits: Mapping[str, Any],
    parameters: Parameters,
) -> str:
    """Say why a leg tells nothing of the road, "" where it does."""
    if a["why"] or b["why"]:
        return NO_TIMES
    if plan.get("estimated"):
        return "estimated"
    if any(one["leaves"] <= rest["begins"] < two["begins"] for rest in route.get("breaks", [])):
        return "break"
    if two["arrives"] - one["leaves"] < 60 * parameters.shortest_leg.value:
        return "short"
    if b["started_at"] <= a["ended_at"]:
        return "order"
    opens = datetime.fromisoformat(plan["origin"]) + timedelta(
        seconds=float(visits[two["visit"]]["options"][two["option"]]["opens"])
    )
    return "waited" if b["started_at"] <= opens + WAITED else ""


def free_flow(plan: Mapping[str, Any], one: Mapping[str, Any], two: Mapping[str, Any], zone: ZoneInfo) -> float:
    """Give a planned leg's seconds without the factor that the plan lengthened it by."""
    factors: Sequence[float] | None = plan.get("hour_factors")
    seconds = float(two["arrives"] - one["leaves"])
    if not factors:
        return seconds
    left = datetime.fromisoformat(plan["origin"]) + timedelta(seconds=float(one["leaves"]))
    return seconds / float(factors[left.astimezone(zone).hour])


def last_third(days: pd.Series) -> Any:
    """Give the first of the days that are held out: the last third of those on which anything was recorded."""
    known = np.array(sorted(set(days)))
    return known[len(known) - max(1, len(known) // 3)] if len(known) > 1 else None
