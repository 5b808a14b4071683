"""What the week's files are made of: one plan with what its reader may see, and how things are named in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboard import formats
from dashboard.maps.offline import basemap_file
from dashboard.services import Services
from dashboard.text import _, current_language
from geodata.osm.basemap_read import parse_basemap
from planner.domain import Branch, Principal, Role
from planner.rules.areas import areas_of
from planner.view import RouteView, StopView, WeekView

#: only who may see contact cards gets names and addresses, or a file that leads to a door
CARDS = frozenset({Role.MANAGER, Role.COLLECTOR})


@dataclass(frozen=True)
class Taken:
    """A plan to take with one: the view as its reader sees it, addresses by place, districts' names by debtor.

    ``addresses`` is empty for who may not see contact cards, and so are the names in the view.
    """

    view: WeekView
    branch: Branch
    now: datetime
    addresses: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    #: the district of a place, by place
    places: Mapping[str, str] = field(default_factory=dict)
    #: only what is in force is what crews work by
    published: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The branch's time zone."""
        return ZoneInfo(self.branch.timezone)

    @property
    def made(self) -> str:
        """Say when the file was made, where the branch is."""
        at = self.now.astimezone(self.zone)
        return f"{formats.day(at.date(), year=True)} {formats.clock(at)}"

    @property
    def banner(self) -> str:
        """Say that a draft is one; "" for a published plan."""
        return "" if self.published else _("DRAFT: not published. Crews do not work by this plan.")

    def routes(self, crew: str = "", day: date | None = None) -> list[RouteView]:
        """Give the routes of a crew, or a day, or all, by day and crew."""
        return [
            one for one in self.view.routes if (not crew or one.crew_id == crew) and (day is None or one.day == day)
        ]

    def district(self, stop: StopView) -> str:
        """Name the district of a stop: as its address says, else where it lies; what is not known is said so."""
        return self.places.get(stop.place_id) or self.districts.get(stop.debtor_id) or _("District unknown")

    def file_name(self, kind: str, ending: str, crew: str = "", day: date | None = None) -> str:
        """Name a file: a draft says so first."""
        parts = ["DRAFT"] if not self.published else []
        parts += [kind, self.branch.code, self.view.week, crew, f"{day:%Y-%m-%d}" if day else ""]
        return "-".join(part for part in parts if part) + f".{ending}"


def taken(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> Taken:
    """Read what files need beside the view, as far as the principal may see it."""
    cards = principal.role in CARDS
    addresses = kit.store.addresses(principal, branch.code, week=view.week) if cards else None
    debtors = kit.store.debtors(principal, branch.code, week=view.week if principal.role is Role.COLLECTOR else None)
    # What a district is called is nobody's secret, and a collector may not read the ground.
    ground = kit.store.regions(Principal("files", Role.SYSTEM, frozenset({branch.code})), branch.road_region)
    chinese = current_language() == "zh"
    names = {
        str(row["code"]): str(row["name_zh"] if chinese or not row["name_en"] else row["name_en"])
        for row in ground.to_dict("records")
    }
    written = {} if addresses is None else dict(zip(addresses["place_id"], addresses["address"], strict=True))
    return Taken(
        view=view,
        branch=branch,
        now=kit.now(),
        addresses=written,
        districts={
            str(debtor): names.get(str(region), str(region))
            for debtor, region in zip(debtors["debtor_id"], debtors["region"], strict=True)
        },
        places={place: names[code] for place, code in districts_of(view, written, ground).items() if code in names},
        published=view.published_at is not None,
    )


def districts_of(view: WeekView, addresses: Mapping[str, str], ground: pd.DataFrame) -> dict[str, str]:
    """Give the code of the district of each place that is visited, by place; those of no district are missing.

    What an address says is what a crew and its debtor say: a border on the map may run a house beside it.
    """
    stops = {stop.place_id: stop for route in view.routes for stop in route.stops}
    points = pd.DataFrame({"place_id": list(stops), "lon": [one.lon for one in stops.values()],
                           "lat": [one.lat for one in stops.values()]})  # fmt: skip
    codes = set(ground["code"].astype(str))
    found = {place: code for place, words in areas_of(points, ground).items() for code in words & codes}
    spoken = [
        (word.casefold(), str(row["code"]))
        for row in ground.to_dict("records")
        for word in (str(row["name_zh"]), str(row["name_en"]))
        if word
    ]
    for place in stops:
        text = addresses.get(place, "").casefold()
        said = {code for word, code in spoken if word in text}
        if len(said) == 1:
            found[place] = said.pop()
    return found


def basemap_of(kit: Services, branch: Branch) -> dict[str, Any] | None:
    """Give the streets under a branch's maps; None where they have not been built."""
    name = basemap_file(kit.settings.paths.basemap, branch.road_region)
    return None if name is None else read_basemap(str(kit.settings.paths.basemap / name))


@lru_cache(maxsize=2)
def read_basemap(path: str) -> dict[str, Any] | None:
    """Read a basemap once; its name changes with its content. None where it cannot be read: routes then stand alone."""
    try:
        with open(path, encoding="ascii") as file:
            return parse_basemap(file.read())
    except (OSError, ValueError):
        return None
