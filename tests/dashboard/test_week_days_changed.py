"""The week's page says which crews changed their day, from lists of ids alone."""

from types import SimpleNamespace

from dashboard.screens.week_days_changed import changed_days, told
from dashboard.text import speaking
from tests.dashboard.fakes import BRANCH, MANAGER, week


def test_a_day_that_goes_by_a_plan_of_its_own_is_told_with_what_is_lost() -> None:
    view = week()
    first, *others = view.routes
    in_force = {route.shift_id: tuple(stop.debtor_id for stop in route.stops) for route in view.routes}
    in_force[first.shift_id] = in_force[first.shift_id][1:]
    works_by = {route.shift_id: view.plan_id for route in others} | {first.shift_id: "of the day"}
    store = SimpleNamespace(
        day_plans=lambda *_: [SimpleNamespace(plan_id="of the day")],
        plans_by_shift=lambda *_: works_by,
        stops_in_force=lambda *_: in_force,
    )
    kit = SimpleNamespace(store=store)
    rows = [SimpleNamespace(plan_id=view.plan_id, in_force=True)]
    (found,) = changed_days(kit, MANAGER, BRANCH, view, rows)  # type: ignore[arg-type]
    assert (found.shift_id, found.day, found.not_made) == (first.shift_id, first.day, 1)
    assert "1 visit is not made" in told(found)
    assert first.crew_name in told(found)
    with speaking("zh"):
        assert "1 次外访不再进行" in told(found)
    # Who is called in on another day is made; and a draft says nothing of days.
    in_force[others[0].shift_id] += (first.stops[0].debtor_id,)
    assert changed_days(kit, MANAGER, BRANCH, view, rows)[0].not_made == 0  # type: ignore[arg-type]
    draft = [SimpleNamespace(plan_id=view.plan_id, in_force=False)]
    assert changed_days(kit, MANAGER, BRANCH, view, draft) == []  # type: ignore[arg-type]
