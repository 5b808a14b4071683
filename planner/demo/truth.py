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
    promise_kept: float = 0.47
    #: part of the overdue amount that is promised, on average
    promised_part: dict[Bucket, float] = field(
        default_factory=lambda: {
            Bucket.M1: 0.80,
            Bucket.M2: 0.60,
            Bucket.M3: 0.45,
            Bucket.M4_6: 0.33,
            Bucket.M7_12: 0.22,
            Bucket.Y1_3: 0.12,
            Bucket.Y3_PLUS: 0.06,
        }
    )
    refuses: float = 0.14
    reports_hardship: float = 0.05
    disputes: float = 0.015
    part_payment_share: float = 0.35
    minutes_nobody: float = 5.0
    minutes_third_party: float = 7.0
    minutes_met_mean: float = 21.0
    minutes_met_cv: float = 0.6
    access_minutes: float = 4.0
    #: by how much the local hour of departure lengthens a drive over empty roads; all other hours: ``slow_else``
    slow_hours: dict[int, float] = field(
        default_factory=lambda: {7: 1.25, 8: 1.35, 9: 1.20, 16: 1.15, 17: 1.35, 18: 1.40, 19: 1.20}
    )
    slow_else: float = 1.08
    #: coefficients of variation of driving times: of a crew-day, and of a leg beside it
    travel_day_cv: float = 0.12
    travel_leg_cv: float = 0.30
    hot_spot_strength: float = 5.0
    hot_spot_floor: float = 0.55
    #: share of the accounts of a bucket that are still on the list thirty days later (successive lists, ``lists.py``)
    stays: dict[Bucket, float] = field(
        default_factory=lambda: {
            Bucket.M1: 0.58,
            Bucket.M2: 0.70,
            Bucket.M3: 0.78,
            Bucket.M4_6: 0.90,
            Bucket.M7_12: 0.95,
            Bucket.Y1_3: 0.98,
            Bucket.Y3_PLUS: 0.99,
        }
    )
    #: how much faster accounts leave the list, by product and by the district's place in the order of the codes
    pace_of_product: dict[str, float] = field(
        default_factory=lambda: {"card": 0.85, "mortgage": 1.35, "auto_loan": 1.15, "business_loan": 0.95}
    )
    pace_of_district: tuple[float, ...] = (1.0, 1.25, 0.8, 1.0, 1.15, 0.9)
    #: the district in which accounts leave more slowly since so many days, and how much
    slowed_district: int = 0
    slowed_pace: float = 0.5
    slowed_since_days: int = 90
    #: share of the overdue amount collected in sixty days without and with a visit, what is paid at the door included
    collected_without: dict[Bucket, float] = field(
        default_factory=lambda: {
            Bucket.M1: 0.25,
            Bucket.M2: 0.14,
            Bucket.M3: 0.08,
            Bucket.M4_6: 0.045,
            Bucket.M7_12: 0.025,
            Bucket.Y1_3: 0.012,
            Bucket.Y3_PLUS: 0.006,
        }
    )
    collected_with: dict[Bucket, float] = field(
        default_factory=lambda: {
            Bucket.M1: 0.34,
            Bucket.M2: 0.22,
            Bucket.M3: 0.15,
            Bucket.M4_6: 0.10,
            Bucket.M7_12: 0.065,
            Bucket.Y1_3: 0.03,
            Bucket.Y3_PLUS: 0.015,
        }
    )
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

    def slow(self, hour: int) -> float:
        """Give by how much a drive that begins in this local hour is longer than over empty roads."""
        return self.slow_hours.get(hour, self.slow_else)
