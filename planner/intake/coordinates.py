"""Longitude and latitude as the file gives them: believed only when they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from planner.intake.columns import PLACE_KINDS
from planner.intake.fields import Fields, fault_issues
from planner.intake.headings import Headings
from planner.intake.issue import Issue, issue
from planner.intake.profile import Profile
from planner.intake.values import Fault

#: Nobody places a door better than this by hand.
BEST_M = 20.0
#: A file that does not say its datum may be off by as much as BD-09 is from WGS-84.
UNDECLARED_M = 1_000.0
_DEGREE_M = 111_320.0


@dataclass(frozen=True)
class Pair:
    """Longitude and latitude in degrees, in the file's datum, and how exact their decimals are, in metres."""

    lon: float
    lat: float
    accuracy_m: float


@dataclass(frozen=True)
class Sites:
    """Places of one kind by data row: the address as written, the coordinates if they can be used, their datum."""

    addresses: list[str]
    pairs: list[Pair | None]
    datums: list[str]


def read_sites(
    fields: Fields, headings: Headings, indices: Sequence[int], profile: Profile
) -> tuple[Mapping[str, Sites], list[Issue]]:
    """Put the columns of each kind of place together, by the prefix of the columns.

    The datum of a pair is what the row says, else what the heading says, else the profile's; "" if nothing does.
    """
    count = len(indices)
    sites: dict[str, Sites] = {}
    issues: list[Issue] = []
    general = fields.column("datum", count)
    for place in PLACE_KINDS:
        if fields.values.keys().isdisjoint((f"{place}_lon", f"{place}_lat")):
            sites[place] = Sites(fields.column(f"{place}_address", count), [None] * count, [""] * count)
            continue
        lons, lats = (fields.column(f"{place}_{axis}", count) for axis in ("lon", "lat"))
        found = [pair(lon, lat, profile) for lon, lat in zip(lons, lats, strict=True)]
        for axis in ("lon", "lat"):
            issues += fault_issues(fields, f"{place}_{axis}", headings, indices, None)
        at = headings.found.get(f"{place}_lon", headings.found.get(f"{place}_lat", -1))
        issues += [
            issue(one.code, row=indices[n] + 1, column=headings.names[at], value=fields.shown(f"{place}_lat", n))
            for n, one in enumerate(found)
            if isinstance(one, Fault)
        ]
        told = headings.datums.get(f"{place}_lon") or headings.datums.get(f"{place}_lat")
        told = told or ("" if profile.datum in ("ask", "unknown") else profile.datum)
        own = fields.column(f"{place}_datum", count)
        sites[place] = Sites(
            fields.column(f"{place}_address", count),
            [one if isinstance(one, Pair) else None for one in found],
            [a or b or told for a, b in zip(own, general, strict=True)],
        )
    placed = [site for site in sites.values() if any(site.pairs)]
    if any(one and not datum for site in placed for one, datum in zip(site.pairs, site.datums, strict=True)):
        issues.append(issue("datum_undeclared"))
    # Most lists have one kind of place; the columns of the others are empty from end to end.
    said = [column for site in sites.values() for column in (site.addresses, site.pairs) if any(column)]
    places = zip(*said, strict=True) if said else [()] * count
    issues += [issue("no_place", row=i + 1) for i, here in zip(indices, places, strict=True) if not any(here)]
    return sites, issues


def pair(lon: Decimal | Fault | None, lat: Decimal | Fault | None, profile: Profile) -> Pair | Fault | None:
    """Put a longitude and a latitude together.

    >>> pair(Decimal("30.25"), Decimal("120.15"), Profile("x"))
    Fault(code='coordinates_swapped')
    >>> pair(Decimal("120.1512"), Decimal("30.2501"), Profile("x"))
    Pair(lon=120.1512, lat=30.2501, accuracy_m=20.0)
    """
    if isinstance(lon, Fault) or isinstance(lat, Fault) or (lon is None and lat is None):
        return None
    if lon is None or lat is None:
        return Fault("coordinates_half")
    if lon == 0 and lat == 0:
        return Fault("coordinates_zero")
    x, y = float(lon), float(lat)
    if abs(y) > 90 or (not _inside(x, y, profile) and _inside(y, x, profile)):
        return Fault("coordinates_swapped" if abs(x) <= 90 else "coordinate_unreadable")
    if (profile.only_extents and not _inside(x, y, profile)) or x == 0 or y == 0:
        return Fault("coordinates_far" if x and y else "coordinates_zero")
    decimals = max(-int(lon.as_tuple().exponent), -int(lat.as_tuple().exponent))
    return Pair(x, y, round(max(BEST_M, _DEGREE_M / 10**decimals), 1))


def _inside(lon: float, lat: float, profile: Profile) -> bool:
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in profile.extents)
