"""Groups that take too long are split."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.split import split_by_hours
from tests.geodata.patterns.rivers import driven


@given(st.integers(0, 10_000), st.floats(0.5, 4))
@settings(max_examples=20, deadline=None)
def test_splitting_keeps_everybody_within_the_hours_and_within_its_group(seed, hours):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 900, (40, 2))
    labels = rng.integers(-1, 3, 40)
    service = rng.uniform(300, 2_400, 40)
    seconds = driven(xy)
    seconds[rng.random((40, 40)) < 0.05] = np.nan
    split = split_by_hours(labels, seconds, service, max_hours=hours)
    assert ((split == -1) == (labels == -1)).all()
    for name in np.unique(split[split >= 0]):
        members = split == name
        assert len(np.unique(labels[members])) == 1
        assert service[members].sum() <= hours * 3600 or members.sum() == 1
    assert (split_by_hours(labels, seconds, service, max_hours=hours) == split).all()


def test_a_long_street_is_split_in_the_middle():
    xy = np.column_stack([np.arange(8) * 100.0, np.zeros(8)])
    split = split_by_hours(np.zeros(8, int), driven(xy), np.full(8, 1_200.0), max_hours=1.5)
    assert split.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize(("service", "hours"), [([600.0, np.nan], 3), ([600.0, 600.0], 0), ([-1.0, 600.0], 3)])
def test_hours_and_service_must_be_known(service, hours):
    with pytest.raises(ValueError, match="positive"):
        split_by_hours(np.zeros(2, int), np.zeros((2, 2)), np.array(service), max_hours=hours)
