"""The demo's agency: an invented contract at the first branch, a crew of two on three days a week, a few complaints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
import pandas as pd

from planner.agency import Agency
from planner.demo.ground import SEED
from planner.domain import Branch, Bucket, Collector, Crew, Principal, crew_skills
from planner.store import Store
from planner.tables import COMPLAINTS, conform
from planner.team import Meal, ShiftPattern, crew_shifts

CODE, CREW = "HY", "YX01-H"
WEEKDAYS = frozenset({1, 2, 3})
MEAL = Meal(time(11, 30), time(13, 30), 45)
#: the setting that says that the agency is in
SEEDED = "demo_agency_seeded_at"
#: so many complaints in twelve weeks at each branch; each is about a crew drawn evenly
COMPLAINTS_DRAWN = 5


def contract(branch: str, today: date) -> Agency:
    """Give the terms: old cards and consumer loans for a quarter of what is collected, from January to December."""
    return Agency(
        code=CODE,
        branch=branch,
        name="和远",
        fee_share=0.25,
        fee_visit_minor=1500,
        products=frozenset({"card", "consumer_loan"}),
        buckets=frozenset({Bucket.M4_6, Bucket.M7_12, Bucket.Y1_3, Bucket.Y3_PLUS}),
        data=frozenset({"phone"}),
        from_on=date(today.year, 1, 1),
        until_on=date(today.year + 1, 12, 31),
        source="Invented for the demo",
        confidence="L",
    )


def agency_crew(branch: Branch) -> tuple[tuple[Collector, Collector], Crew]:
    """Give the agency's two collectors and their crew, which starts two kilometres from the branch."""
    skills = frozenset({f"agency:{CODE}"})
    people = (Collector("H01", branch.code, "薛远航", skills), Collector("H02", branch.code, "戴若云", skills))
    start = (round(branch.lon + 0.015, 6), round(branch.lat + 0.012, 6))
    members = tuple(one.collector_id for one in people)
    return people, Crew(CREW, branch.code, "和远·一组", members, crew_skills(people), start, start)


def bring_agency(store: Store, asking: Principal, branch: Branch, *, now: datetime, today: date, weeks: int) -> None:
    """Save the contract, the crew and its shifts from this week's Monday on."""
    people, crew = agency_crew(branch)
    monday = today - timedelta(days=today.weekday())
    pattern = ShiftPattern(WEEKDAYS, time(9), time(17, 30), MEAL, monday, weeks)
    store.save_agencies(asking, branch.code, [contract(branch.code, today)], now=now)
    store.save_collectors(asking, branch.code, people, now=now)
    store.save_crews(asking, branch.code, [crew], now=now)
    store.save_shifts(asking, branch.code, list(crew_shifts(crew, pattern, branch.timezone)), now=now)


def draw_complaints(branch: str, crews: Sequence[str], today: date) -> pd.DataFrame:
    """Draw the complaints of twelve weeks (``tables.COMPLAINTS``); every crew is as likely."""
    rng = np.random.default_rng([SEED, int(branch[2:]), 66])
    kinds = rng.choice(["conduct", "hours", "privacy", "amount"], COMPLAINTS_DRAWN)
    rows = [
        {
            "complaint_id": str(UUID(bytes=rng.bytes(16), version=4)),
            "branch": branch,
            "crew_id": str(rng.choice(list(crews))),
            "received_on": pd.Timestamp(today - timedelta(days=int(rng.integers(3, 80)))),
            "kind": kind,
            "upheld": str(rng.choice(["yes", "no", "open"])),
            "replaces": "",
            "recorded_at": pd.Timestamp(today, tz="UTC"),
            "recorded_by": "demo",
        }
        for kind in kinds
    ]
    return conform(pd.DataFrame(rows), COMPLAINTS)
