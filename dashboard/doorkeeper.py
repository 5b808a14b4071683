"""Who a request is from. Today a choice of demo roles on this machine only; accounts arrive as another doorkeeper.

The gate asks one question, ``who``. A doorkeeper with accounts will look up a session there and answer None for
strangers; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from planner.domain import Branch, Crew, Principal, Role

COOKIE = "rounds_role"


class Doorkeeper(Protocol):
    """Says whom a request is from."""

    def who(self, cookies: Mapping[str, str]) -> Principal | None:
        """Give the principal of a request with these cookies, None for a stranger."""


@dataclass(frozen=True)
class DemoRole:
    """A role that may be taken in the demo. ``key`` is what the cookie holds."""

    key: str
    principal: Principal
    branch: Branch | None
    crew: Crew | None


@dataclass(frozen=True)
class DemoDoorkeeper:
    """Lets everybody on this machine act as the role they chose, at first as the manager of the first branch."""

    roles: Callable[[], tuple[DemoRole, ...]]

    def who(self, cookies: Mapping[str, str]) -> Principal | None:
        """Give the chosen role's principal; an unknown choice counts as none made."""
        roles = self.roles()
        chosen = next((role for role in roles if role.key == cookies.get(COOKIE)), None)
        first = next(iter(roles), None)
        role = chosen or first
        return role.principal if role else None


def demo_roles(branches: tuple[Branch, ...], crews: Mapping[str, tuple[Crew, ...]]) -> tuple[DemoRole, ...]:
    """List the roles of the demo: each branch's manager, the regional head, each crew.

    Parameters
    ----------
    branches
        All branches, the one to begin with first.
    crews
        Crews by branch code.
    """
    managers = tuple(
        DemoRole(
            f"manager.{one.code}",
            Principal(f"manager.{one.code}", Role.MANAGER, frozenset({one.code})),
            one,
            None,
        )
        for one in branches
    )
    everywhere = frozenset(one.code for one in branches)
    head = (
        (DemoRole("regional_head", Principal("regional_head", Role.REGIONAL_HEAD, everywhere), None, None),)
        if branches
        else ()
    )
    collectors = tuple(
        DemoRole(
            f"collector.{crew.crew_id}",
            Principal(f"collector.{crew.crew_id}", Role.COLLECTOR, frozenset({branch.code}), crew.crew_id),
            branch,
            crew,
        )
        for branch in branches
        for crew in crews.get(branch.code, ())
    )
    return managers + head + collectors
