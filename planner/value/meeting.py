"""What a meeting with the right person brings beyond what would have been paid anyway, as shares of the overdue amount.

A meeting ends in money at the door, in a promise that is kept, or in neither. Whoever pays or keeps a promise would
have paid a part of it in the same weeks without a visit, and that part is not the visit's: a share ``anyway`` of his
debt. Whoever does neither goes on as if nobody had come, so of him nothing is taken away.

    (pays · paid part − pays · anyway) + (promises · kept · promised part − promises · kept · anyway)

That refusing stops nobody from paying later, and that payers would have paid as often as the others, are assumptions
(docs/learning.md): no source follows the same debtors both ways.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Shares = TypeVar("Shares", float, NDArray[np.float64], pd.Series)


class Brought(NamedTuple, Generic[Shares]):
    """Shares of the overdue amount, by the way they come; ``anyway`` is not positive."""

    paid: Shares
    promised: Shares
    anyway: Shares


def brought(
    pays: Shares, paid_part: Shares, promises: Shares, kept: Shares, promised_part: Shares, anyway: Shares
) -> Brought[Shares]:
    """Give what a meeting brings; the three add up to what it adds.

    >>> [round(share, 3) for share in brought(0.2, 0.65, 0.4, 0.5, 0.6, 0.25)]
    [0.13, 0.12, -0.1]
    """
    keeps = promises * kept
    return Brought(pays * paid_part, keeps * promised_part, -(pays + keeps) * anyway)
