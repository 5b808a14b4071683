"""Which breaks a crew has had, read from what it recorded: one that nobody took is still owed."""

from __future__ import annotations

from itertools import pairwise

from planner import routing
from planner.day_change.own import OwnDay


def breaks_had(own: OwnDay, problem: routing.Problem, now: int) -> tuple[int, int]:
    """Give how many of the day's breaks are over or under way, in their order, and until when the crew rests.

    A planned break was had where no recorded door lies in its time, or where between two recorded doors there was room
    for it beside the way. A crew that stood at a door instead has it still before it: what is not known is decided for
    the break.
    """
    option = {one["visit"]: one["option"] for one in own.route["stops"]}
    place = {one.id: one.place_in(option[one.id]) for one in problem.visits if one.id in own.recorded}
    doors = sorted(
        (
            own.seconds(one["started_at"].to_pydatetime()),
            own.seconds(max(one["started_at"], one["ended_at"])),
            place[name],
        )
        for name, one in own.recorded.items()
    )
    room = sorted(
        (begins - ended - float(problem.seconds[here, there]))
        for (_, ended, here), (begins, _, there) in pairwise(doors)
    )
    had, until = 0, now
    for pause in sorted(own.route.get("breaks", []), key=lambda one: one["begins"]):
        begins, ends = pause["begins"], pause["begins"] + pause["lasts_s"]
        if begins >= now:
            break
        if any(begun < ends and over > begins for begun, over, _ in doors):
            if not room or room[-1] < pause["lasts_s"]:
                break
            room.pop()
        elif ends > now:
            until = ends
        had += 1
    return had, until
