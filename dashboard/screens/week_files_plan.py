"""What the week's files are made of: one plan with what its reader may see, and how things are named in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.maps.offline import basemap_file
from dashboard.services import Services
from dashboard.text import _, current_language
from geodata.osm.basemap_read import parse_basemap
from planner.domain import Branch, Principal, Role
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
        """Name the district a stop lies in; what is not known is said so."""
        return self.districts.get(stop.debtor_id) or _("District unknown")

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
    return Taken(
        view=view,
        branch=branch,
        now=kit.now(),
        addresses={} if addresses is None else dict(zip(addresses["place_id"], addresses["address"], strict=True)),
        districts={
            str(debtor): names.get(str(region), str(region))
            for debtor, region in zip(debtors["debtor_id"], debtors["region"], strict=True)
        },
        published=view.published_at is not None,
    )


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
