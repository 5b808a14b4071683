"""What a meeting with the right person brings beyond what is paid anyway, in shares of the overdue amount.

A meeting ends in money at the door, in a promise that is kept, or in neither. Who pays or keeps a promise has paid for
the weeks that are looked at. Who does neither may still pay a part ``later`` in the same weeks. Without the meeting
a part ``anyway`` would have come:

    pays · paid part + promises · kept · promised part + (1 − pays − promises · kept) · later − anyway

If a refusal changed nothing, ``later`` would be ``anyway``, and nothing would be lost by those who refuse; if whoever
does not give at the door never gives, it is 0. Which of the two it is no source says: it is learnt (``background``).
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Shares = TypeVar("Shares", float, NDArray[np.float64], pd.Series)


class Brought(NamedTuple, Generic[Shares]):
    """Shares of the overdue amount; ``anyway``, as a rule below 0, is what comes later less what would have come."""

    paid: Shares
    promised: Shares
    anyway: Shares


def brought(
    pays: Shares,
    paid_part: Shares,
    promises: Shares,
    kept: Shares,
    promised_part: Shares,
    later: Shares,
    anyway: Shares,
) -> Brought[Shares]:
    """Give what a meeting brings; the three add up to what it adds.

    >>> [round(share, 3) for share in brought(0.2, 0.65, 0.4, 0.5, 0.6, 0.1, 0.25)]
    [0.13, 0.12, -0.19]
    """
    keeps = promises * kept
    return Brought(pays * paid_part, keeps * promised_part, (1 - pays - keeps) * later - anyway)
