"""A pin put right at a door: where the stop really is, as somebody saw it there, checked before the store sees it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dashboard.phone.answers import BadSent
from dashboard.text import _
from planner.domain import Principal
from planner.store import PlaceWord, Store
from planner.view import DayView

#: how well a finger puts a pin on a map of the streets, in metres
BY_FINGER_M = 20.0
#: a pin is moved within a town; farther is a slip of the finger
FARTHEST_DEGREES = 0.5


class BadPin(BadSent):
    """The pin cannot be kept; the message is a sentence for the collector."""


def save_pin(store: Store, principal: Principal, view: DayView, sent: Mapping[str, Any], *, now: datetime) -> None:
    """Keep where a stop of the day really is; the same change sent again is the same change.

    Raises
    ------
    BadPin
        If the stop is not of the day, or the position is none near it.
    """
    stop = next((one for one in view.stops if one.debtor_id == sent.get("debtor_id")), None)
    if stop is None or stop.place_id != sent.get("place_id"):
        raise BadPin(_("This stop is no longer in the crew's day."))
    lon, lat = sent.get("lon"), sent.get("lat")
    try:
        change_id = str(UUID(str(sent["change_id"])))
    except (KeyError, ValueError) as error:
        raise BadPin(_("The pin is not where the stop can be: move it once more.")) from error
    if not (near(lon, stop.lon) and near(lat, stop.lat)):
        raise BadPin(_("The pin is not where the stop can be: move it once more."))
    word = PlaceWord(
        stop.debtor_id, stop.place_kind, float(str(lon)), float(str(lat)), BY_FINGER_M, "visit", stop.place_id
    )
    store.correct_pin(principal, view.branch.code, word, change_id=change_id, now=now)


def near(value: object, where: float) -> bool:
    """Say whether a number is a coordinate near another."""
    return (
        type(value) in (int, float)
        and math.isfinite(float(str(value)))
        and (abs(float(str(value)) - where) <= FARTHEST_DEGREES)
    )
