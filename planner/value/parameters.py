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
