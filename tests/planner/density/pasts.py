"""Past visits to test with."""

import pandas as pd

from planner.density import PAST
from planner.tables import conform


def past(rng, regions=("north", "south"), visits=(400, 49), *, theta=None, kappa=None, chance=0.2, unit=1.0):
    """Visits that pay with ``chance * theta``, payments around ``kappa`` times what was expected of one."""
    theta, kappa = theta or [1.0] * len(regions), kappa or [1.0] * len(regions)
    parts = []
    for name, n, often, much in zip(regions, visits, theta, kappa, strict=True):
        owed = rng.lognormal(0, 0.7, n) * 1e5
        paid = (rng.random(n) < chance * often) * owed * much * rng.lognormal(-0.18, 0.6, n)
        parts.append(
            pd.DataFrame(
                {"region": name, "debtor_id": [f"{name}{k}" for k in range(n)], "paid_minor": paid * unit}
                | {"expected_minor": chance * owed * unit, "if_paid_minor": owed * unit}
            )
        )
    return conform(pd.concat(parts, ignore_index=True), PAST)


def visits(*rows):
    """Rows of region, debtor, paid, expected, expected if paid."""
    return conform(pd.DataFrame(rows, columns=list(PAST)), PAST)
