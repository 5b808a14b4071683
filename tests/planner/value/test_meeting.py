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


@given(SHARE, SHARE, SHARE, SHARE, SHARE)
def test_who_gives_what_he_would_have_paid_brings_nothing_and_who_refuses_costs_nothing(
    pays, promises, kept, anyway, other
):
    given_anyway = brought(pays, anyway, promises, kept, anyway, anyway)
    assert sum(given_anyway) == pytest.approx(0, abs=1e-12)
    refuses = brought(0.0, other, promises, 0.0, other, anyway)
    assert sum(refuses) == 0


@given(SHARE, SHARE, SHARE, SHARE, SHARE, SHARE)
def test_a_meeting_adds_what_is_given_beyond_what_the_same_people_would_have_paid(
    pays, part, promises, kept, promised, anyway
):
    share = brought(pays, part, promises, kept, promised, anyway)
    more = pays * (part - anyway) + promises * kept * (promised - anyway)
    assert sum(share) == pytest.approx(more, abs=1e-12)
    assert share.anyway <= 0


@pytest.mark.parametrize("bucket", list(Bucket))
@pytest.mark.parametrize("productive", [0.45, 0.55, 0.7])
def test_the_sources_come_back_from_the_calibration(bucket, productive):
    """W and N of the sources, told from what happens at the door, whatever share of visits meets somebody."""
    parameters = replace(DEFAULTS, productive=replace(DEFAULTS.productive, value=productive))
    found = calibrate(parameters)
    n, kept = parameters.collected_without[bucket].value, parameters.promises.value * parameters.promise_kept.value
    door = found.pays[bucket] * parameters.paid_at_door.value
    gives = found.pays[bucket] + kept
    collected = door + kept * found.promised_part[bucket] + (1 - gives) * n
    with_visit = productive * collected + (1 - productive) * n
    assert with_visit == pytest.approx(parameters.collected_with[bucket].value)
    assert door == pytest.approx(parameters.door_share.value * found.brings[bucket])
