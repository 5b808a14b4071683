"""The sentences about what was changed by hand; each has its template for other languages in the screens' texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.editing.commands import DropReason
from planner.routing import LeftOut, Reason

DETAILS: Mapping[DropReason, str] = {
    DropReason.AGREED: "Taken out by the branch manager: an agreement is being made.",
    DropReason.REACHED: "Taken out by the branch manager: reached in another way.",
    DropReason.AWAY: "Taken out by the branch manager: known to be away.",
    DropReason.SAFETY: "Taken out by the branch manager: for the crew's safety.",
    DropReason.REGARD: "Taken out by the branch manager: out of regard for the debtor.",
    DropReason.DATA: "Taken out by the branch manager: the data must be checked first.",
    DropReason.OTHER: "Taken out by the branch manager.",
}
ACTION = "Take it back on the debtor's card once the reason is over."

BY_HAND = "On a route because the branch manager put it there."
LETTER = "Not on a route after a change by hand; a letter brings {gain} net."
CALL = "Not on a route after a change by hand; a call brings {gain} net."
NOTHING = "Not on a route after a change by hand; nothing else pays."


def left_out_by_hand(visit: str, why: DropReason) -> LeftOut:
    """Say of somebody who was dropped why."""
    return LeftOut(visit, Reason.DROPPED, DETAILS[why], ACTION)


def way_after(row: Mapping[str, Any], *, visited: bool) -> dict[str, Any]:
    """Give the way to a debtor after a change by hand; money in minor units.

    ``row`` is what was decided before, with the ``offers`` of all channels: what each would bring net, or why not.
    """
    offers = {name: one for name, one in row.get("offers", {}).items() if isinstance(one, int | float)}
    if visited:
        net = offers.get("own", row.get("net_minor", 0))
        return dict(row) | {"channel": "own", "agency": "", "code": "by_hand", "why": BY_HAND, "net_minor": net}
    best = max(
        (name for name in ("letter", "phone") if offers.get(name, 0) > 0), key=offers.__getitem__, default="nothing"
    )
    sentence = {"letter": LETTER, "phone": CALL, "nothing": NOTHING}[best]
    net = offers.get(best, 0)
    return dict(row) | {
        "channel": best,
        "agency": "",
        "code": "by_hand",
        "why": sentence.format(gain=f"{net / 100:,.0f}"),
        "gross_minor": net,
        "cost_minor": 0,
        "fee_minor": 0,
        "net_minor": net,
    }
