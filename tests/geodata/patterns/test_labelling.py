"""Ranking the pairs seen among those drawn."""

import numpy as np

from geodata.patterns.labelling import ranked
from geodata.patterns.layout import lay_out


def p_of(near, far, drawn):
    """The p-value of four marked points with so many pairs within 100 and within 800 m."""
    layout = lay_out(np.arange(40.0).reshape(20, 2), (100, 800), keep=False)
    given = np.array([[190.0, near], [190.0, far]])
    return ranked(layout, np.arange(20) < 4, given, drawn).p_value


def test_equal_largest_excess_is_decided_by_what_all_radii_say():
    # One draw in ten has its only pair within 100 m, so that all of these share the largest excess.
    near = np.repeat([1.0, 0.0], [10, 90])
    drawn = np.stack([near, near + np.tile(np.arange(10.0), 10)])
    p = [p_of(1.0, 1.0 + far, drawn) for far in range(10)]
    assert p == sorted(p, reverse=True)
    assert (p[0], p[-1]) == (11 / 101, 2 / 101)  # without it all of them would be 11 / 101: nothing could reach 5 %


def test_labels_that_are_seen_again_in_a_draw_count_as_reached():
    drawn = np.array([[2.0, 2.0, 5.0], [3.0, 3.0, 9.0]])
    assert p_of(2.0, 3.0, drawn) == 1.0
    assert p_of(5.0, 9.0, drawn) == 0.5
    assert p_of(6.0, 9.0, drawn) == 0.25
