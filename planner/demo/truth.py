"""What is true in the demo city: the parameters its past visits are drawn from.

They lie inside the ranges of ``config/defaults.toml`` but not on the defaults, so that learning has something to find.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.domain import Bucket


@dataclass(frozen=True)
class Truth:
    """Probabilities at the door; every number is a share between 0 and 1 unless its name says otherwise."""

    address_valid: float = 0.93
    someone_there_home: dict[str, float] = field(
        default_factory=lambda: {"weekday_day": 0.42, "weekday_evening": 0.68, "weekend": 0.64}
    )
    someone_there_work: float = 0.74
    third_party_only: float = 0.17
    pays_now: dict[Bucket, float] = field(
        default_factory=lambda: {
            Bucket.M1: 0.20,
            Bucket.M2: 0.14,
            Bucket.M3: 0.10,
            Bucket.M4_6: 0.07,
            Bucket.M7_12: 0.05,
            Bucket.Y1_3: 0.03,
            Bucket.Y3_PLUS: 0.01,
        }
    )
    promises: float = 0.41
    refuses: float = 0.14
    reports_hardship: float = 0.05
    disputes: float = 0.015
    part_payment_share: float = 0.35
    minutes_nobody: float = 5.0
    minutes_third_party: float = 7.0
    minutes_met_mean: float = 21.0
    minutes_met_cv: float = 0.6
    access_minutes: float = 4.0
    #: coefficients of variation of driving times: of a crew-day, and of a leg beside it
    travel_day_cv: float = 0.12
    travel_leg_cv: float = 0.30
    hot_spot_strength: float = 5.0
    hot_spot_floor: float = 0.55
    overdue_by_zone: dict[str, float] = field(
        default_factory=lambda: {
            "estate": 1.0,
            "grid": 1.05,
            "old_town": 1.2,
            "township": 0.95,
            "village": 0.8,
            "works": 1.1,
            "shops": 1.3,
        }
    )
