"""Going where the model would not, to learn: off, a share left unvisited by lot, or a bonus for what is little known.

Both cost uplift this week and make later weeks better known. The lot is drawn from the debtor's id and the number of
the lot: it stays the same from plan to plan, whoever plans, and another number draws anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

OFF, HOLD_OUT, BONUS = "off", "hold_out", "bonus"
KINDS = (OFF, HOLD_OUT, BONUS)
MOST_HELD, MOST_BONUS = 0.3, 1.0


@dataclass(frozen=True)
class Exploration:
    """A branch's setting. ``share`` is left unvisited by lot; ``weight`` is the bonus' part of the upper interval."""

    kind: str = OFF
    share: float = 0.0
    weight: float = 0.0
    lot: int = 1
    since: date | None = None

    def text(self) -> dict[str, Any]:
        """Write it as JSON can say it."""
        return asdict(self) | {"since": None if self.since is None else self.since.isoformat()}


NOT_EXPLORING = Exploration()


def read_exploration(text: Mapping[str, Any] | None) -> Exploration:
    """Read a setting; none, or one that cannot be read, is off: nobody is left unvisited by a damaged row."""
    try:
        given = dict(text or {})
        since = given.get("since")
        found = Exploration(
            str(given.get("kind", OFF)),
            float(given.get("share", 0.0)),
            float(given.get("weight", 0.0)),
            int(given.get("lot", 1)),
            None if since is None else date.fromisoformat(str(since)),
        )
    except (TypeError, ValueError):
        return Exploration()
    fine = found.kind in KINDS and 0 <= found.share <= MOST_HELD and 0 <= found.weight <= MOST_BONUS
    return found if fine else Exploration()


def held_out(debtor_ids: pd.Series, setting: Exploration) -> NDArray[np.bool_]:
    """Say who is left unvisited by lot."""
    if setting.kind != HOLD_OUT or setting.share <= 0:
        return np.zeros(len(debtor_ids), dtype=bool)
    border = int(setting.share * 2**32)
    drawn = [
        int.from_bytes(hashlib.sha256(f"{setting.lot} {one}".encode()).digest()[:4], "big") < border
        for one in debtor_ids
    ]
    return np.array(drawn, dtype=bool)


def with_bonus(options: pd.DataFrame, setting: Exploration) -> pd.DataFrame:
    """Raise what is little known towards the upper end of its interval; what a visit is worth is then told too high."""
    if setting.kind != BONUS or setting.weight <= 0:
        return options
    above = (options["value_high_minor"] - options["value_minor"]).clip(lower=0)
    return options.assign(value_minor=options["value_minor"] + setting.weight * above)
