"""The numbers behind the value of a visit, as frozen data, each with its range, confidence and source.

They are written in ``config/defaults.toml`` and loaded by ``config.parameters``; none is a constant in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from planner.domain import Bucket, DebtorType, Occupation, OutcomeCode, PlaceKind


@dataclass(frozen=True)
class Parameter:
    """One number. ``low`` and ``high`` are NaN where no source gives a range; ``confidence`` is H, M or L."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    confidence: str
    source: str
    dated: date

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True)
class Slot:
    """A part of the week in which people are as likely to be met. Minutes are local, [opens, closes); Monday is 0."""

    name: str
    weekdays: frozenset[int]
    opens_min: int
    closes_min: int


@dataclass(frozen=True)
class Times:
    """Times that a person has adopted in place of the assumed ones (``planner.times``); what is None stays assumed.

    ``minutes`` and ``cvs`` are of whole visits, the way to the door in, by contact and whether it is in the country.
    ``hour_factors`` lengthen the road engine's seconds by the local hour of departure, (24,). The names say which
    adoption they are of.
    """

    minutes: Mapping[tuple[str, bool], float] | None = None
    cvs: Mapping[tuple[str, bool], float] | None = None
    hour_factors: tuple[float, ...] | None = None
    day_cv: float | None = None
    leg_cv: float | None = None
    door_name: str = ""
    road_name: str = ""


@dataclass(frozen=True)
class Traffic:
    """By how much each local hour of departure is assumed to lengthen a drive, (24,), and the profile's name."""

    hour_factors: tuple[float, ...]
    name: str


@dataclass(frozen=True)
class Parameters:
    """Every default of the value model.

    ``collected_with`` and ``collected_without`` are shares of the overdue amount collected in 60 days with and without
    a visit; ``address_by_accuracy`` is ascending by metres and its last entry has the largest accuracy still in use.
    """

    dated: date
    collected_with: Mapping[Bucket, Parameter]
    collected_without: Mapping[Bucket, Parameter]
    roll_forward: Mapping[Bucket, Parameter]
    productive: Parameter
    address_valid: Parameter
    right_person: Parameter
    promises: Parameter
    promise_kept: Parameter
    signs_notice: Parameter
    door_share: Parameter
    paid_at_door: Parameter
    still_pays: Parameter
    address_by_accuracy: tuple[tuple[float, Parameter], ...]
    address_accuracy_unknown: Parameter
    address_after_moved: Parameter
    address_after_met: Parameter
    slots: tuple[Slot, ...]
    #: contact multiplier by slot, for whoever is away by day and for whoever is at home all day
    contact_home: Mapping[str, Parameter]
    contact_home_flat: Mapping[str, Parameter]
    contact_work: Mapping[str, Parameter]
    flat_occupations: frozenset[Occupation]
    work_places: frozenset[PlaceKind]
    minutes_nobody: Parameter
    minutes_third_party: Parameter
    minutes_right_person: Parameter
    minutes_right_person_cv: Parameter
    access_urban: Parameter
    access_rural: Parameter
    rural_groups: frozenset[str]
    #: coefficients of variation of driving times: of a crew-day, and of a leg beside it
    travel_day_cv: Parameter
    travel_leg_cv: Parameter
    visit_cost: Parameter
    long_run_recovery: Parameter
    mean_card_balance: Parameter
    visits_per_day_urban: Parameter
    visits_per_day_rural: Parameter
    #: what advises on foot, an ordinary round or a day trip (``planner.outlook``)
    walking_kmh: Parameter
    parking: Parameter
    sweep_share: Parameter
    sweep_crew_days: Parameter
    day_trip: Parameter
    #: what the other channels bring by what a visit brings, and cost (``planner.value.channels``)
    phone_effect: Parameter
    phone_cost: Parameter
    letter_effect: Parameter
    letter_cost: Parameter
    letter_proved: Parameter
    agency_effect: Parameter
    #: how far crews' loads may lie apart, and what evening them out may cost (``planner.load``)
    load_tolerance: Parameter
    load_price: Parameter
    load_memory: Parameter
    hard_types: frozenset[DebtorType]
    hard_outcomes: frozenset[OutcomeCode]
    #: how long after the end of its day a day taken along still opens
    pack_hours: Parameter
    prior_weight: Parameter
    #: how far classes, and settings and slots, of a branch lie apart: standard deviations of the log-odds
    class_spread: Parameter
    unsourced_spread: Parameter
    window_spread: Parameter
    interval: Parameter
    local_visits_needed: Parameter
    #: when a promise counts as kept (``planner.value.promises``)
    promise_grace: Parameter
    promise_part: Parameter
    #: what successive lists tell of money (``planner.value.payments``)
    paid_up_to: Parameter
    booked_within: Parameter
    #: what the comparison with the unvisited looks at (``planner.value.untreated``)
    follow_up: Parameter
    least_compared: Parameter
    #: what drift is looked for in (``planner.value.drift``)
    recent_weeks: Parameter
    drift_alarm: Parameter
    #: which recorded times may be true (``planner.value.recorded_times``)
    shortest_visit: Parameter
    longest_visit: Parameter
    entered_at_once: Parameter
    shortest_leg: Parameter
    #: how far true times lie from the assumed ones: standard deviations of log ratios
    contact_spread: Parameter
    ground_spread: Parameter
    level_spread: Parameter
    hour_spread: Parameter
    #: what a person has adopted in place of the assumed minutes and driving times
    times: Times = Times()
    #: the road region's traffic as a bank has written it down; None: drives are as long at every hour
    traffic: Traffic | None = None

    def assumed_minutes(self, contact: str, rural: bool) -> tuple[float, float]:
        """Give the assumed mean minutes of a visit, the way to the door in, and its coefficient of variation."""
        access = (self.access_rural if rural else self.access_urban).value
        kinds = {
            "nobody": self.minutes_nobody,
            "third_party": self.minutes_third_party,
            "right_person": self.minutes_right_person,
        }
        total = access + kinds[contact].value
        # The spread is that of the talk, not of the way to the door.
        talk = self.minutes_right_person_cv.value * self.minutes_right_person.value
        return total, talk / total if contact == "right_person" else 0.0

    def minutes_of(self, contact: str, rural: bool) -> tuple[float, float]:
        """Give the mean minutes of a visit and its coefficient of variation: as adopted, else as assumed."""
        mean, cv = self.assumed_minutes(contact, rural)
        if self.times.minutes is None or self.times.cvs is None:
            return mean, cv
        return self.times.minutes.get((contact, rural), mean), self.times.cvs.get((contact, rural), cv)

    def assumed_hours(self) -> tuple[float, ...]:
        """Give by how much each hour is assumed to lengthen a drive, (24,): not at all, unless a profile says more."""
        return (1.0,) * 24 if self.traffic is None else self.traffic.hour_factors

    def hour_factors(self) -> tuple[float, ...] | None:
        """Give by how much plans lengthen drives by the hour: as adopted, else as assumed; None where not at all."""
        return self.times.hour_factors or (None if self.traffic is None else self.traffic.hour_factors)

    def all(self) -> tuple[Parameter, ...]:
        """Give every number, in the order of this class, for the page that lists the assumptions."""
        found: list[Parameter] = []
        for value in vars(self).values():
            if isinstance(value, Parameter):
                found.append(value)
            elif isinstance(value, Mapping):
                found.extend(value.values())
            elif isinstance(value, tuple):
                found.extend(one[1] for one in value if isinstance(one, tuple))
        return tuple(found)
