"""Random numbers inside compiled code: xorshift64*, its state one number in an array, so that a seed fixes a search.

References
----------
Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", ACM TOMS 42 (2016).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.kernel import inlined


def seeded(seed: int, stream: int = 0) -> NDArray[np.uint64]:
    """Give the state of a generator; neighbouring seeds and streams are unrelated."""
    return np.random.SeedSequence([abs(seed), seed < 0, stream]).generate_state(1, np.uint64) | np.uint64(1)


@inlined
def uniform(state: NDArray[np.uint64]) -> float:
    """Draw from [0, 1)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * 1.1102230246251565e-16


@inlined
def below(state: NDArray[np.uint64], count: int) -> int:
    """Draw a whole number from 0 to ``count - 1``."""
    return int(uniform(state) * count)
