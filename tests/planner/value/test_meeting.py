"""What a meeting brings, and the calibration that goes with it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.parameters import load
from planner.domain import Bucket
from planner.value.calibration import calibrate
from planner.value.meeting import brought

DEFAULTS = load()
SHARE = st.floats(0.001, 0.999)


@given(SHARE, SHARE, SHARE, SHARE)
def test_where_a_refusal_changes_nothing_only_what_is_given_counts(pays, promises, kept, anyway):
    """Who gives just what he would have paid brings nothing, and who refuses costs nothing."""
    keeps = promises * kept
    assert sum(brought(pays, anyway, promises, kept, anyway, anyway, anyway)) == pytest.approx(0, abs=1e-12)
    assert sum(brought(0.0, 0.5, promises, 0.0, 0.5, anyway, anyway)) == 0
    more = brought(pays, 1.0, promises, kept, 1.0, anyway, anyway)
    assert sum(more) == pytest.approx((pays + keeps) * (1 - anyway), abs=1e-12)


@given(SHARE, SHARE, SHARE, SHARE, SHARE, SHARE, st.floats(0, 1))
def test_all_that_comes_of_those_who_were_met_is_counted_once(pays, part, promises, kept, promised, anyway, still):
    later = still * anyway
    share = brought(pays, part, promises, kept, promised, later, anyway)
    gives = pays + promises * kept
    comes = pays * part + promises * kept * promised + (1 - gives) * later
    assert sum(share) == pytest.approx(comes - anyway, abs=1e-12)


@pytest.mark.parametrize("bucket", list(Bucket))
@pytest.mark.parametrize("productive", [0.5, 0.55, 0.65])
@pytest.mark.parametrize("still", [0.0, 0.5, 1.0])
def test_the_sources_come_back_from_the_calibration(bucket, productive, still):
    """W and N of the sources, told from what happens at the door, whatever comes later of the others."""
    parameters = replace(
        DEFAULTS,
        productive=replace(DEFAULTS.productive, value=productive),
        still_pays=replace(DEFAULTS.still_pays, value=still),
    )
    found = calibrate(parameters)
    n, kept = parameters.collected_without[bucket].value, parameters.promises.value * parameters.promise_kept.value
    door = found.pays[bucket] * parameters.paid_at_door.value
    gives = found.pays[bucket] + kept
    collected = door + kept * found.promised_part[bucket] + (1 - gives) * still * n
    with_visit = productive * collected + (1 - productive) * n
    assert with_visit == pytest.approx(parameters.collected_with[bucket].value)
    assert door == pytest.approx(parameters.door_share.value * found.brings[bucket])
