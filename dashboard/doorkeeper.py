"""Who a request is from: what the gate asks, and the roles of the demo (accounts: ``dashboard.sign_in.keeper``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from planner.domain import Branch, Crew, Principal, Role

COOKIE = "rounds_role"


class Doorkeeper(Protocol):
    """Says whom a request is from."""

    def who(self, cookies: Mapping[str, str], *, near: bool = False) -> Principal | None:
        """Give the principal of a request with these cookies, None for a stranger; ``near`` if from this machine."""

    def ended(self, cookies: Mapping[str, str]) -> bool:
        """Say whether these cookies are of a session that was one and is over."""

    def acts(self, cookies: Mapping[str, str]) -> None:
        """Note that the person behind these cookies has done something."""


@dataclass(frozen=True)
class DemoRole:
    """A role that may be taken in the demo. ``key`` is what the cookie holds."""

    key: str
    principal: Principal
    branch: Branch | None
    crew: Crew | None


@dataclass(frozen=True)
class DemoDoorkeeper:
    """Lets somebody on this machine act as the role of the cookie ``rounds_role``."""

    roles: Callable[[], tuple[DemoRole, ...]]

    def who(self, cookies: Mapping[str, str], *, near: bool = False) -> Principal | None:
        """Give the chosen role's principal, to this machine alone; no choice and an unknown one are nobody."""
        wanted = cookies.get(COOKIE)
        if not wanted or not near:
            return None
        return next((role.principal for role in self.roles() if role.key == wanted), None)

    def ended(self, cookies: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Say that no choice of a role ever ends."""
        return False

    def acts(self, cookies: Mapping[str, str]) -> None:
        """Keep nothing of what somebody does."""


def demo_roles(branches: tuple[Branch, ...], crews: Mapping[str, tuple[Crew, ...]]) -> tuple[DemoRole, ...]:
    """List the roles of the demo: each branch's manager, the regional head, each crew, an auditor, an administrator.

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
    more = tuple(
        DemoRole(one.value, Principal(one.value, one, everywhere), None, None)
        for one in (Role.AUDITOR, Role.ADMINISTRATOR)
        if branches
    )
    return managers + head + collectors + more
