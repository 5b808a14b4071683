"""The words of roles, and of what is wrong with a password."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dashboard.text import _
from planner.domain import Role

ROLES: Mapping[Role, Callable[[], str]] = {
    Role.MANAGER: lambda: _("Branch manager"),
    Role.REGIONAL_HEAD: lambda: _("Regional head"),
    Role.COLLECTOR: lambda: _("Collector"),
    Role.AUDITOR: lambda: _("Auditor"),
    Role.ADMINISTRATOR: lambda: _("Administrator"),
}
WEAK = {
    "short": lambda: _("Take at least 12 characters: a few words are easier to keep than signs."),
    "long": lambda: _("That is too long: at most 256 characters."),
    "plain": lambda: _("That would be guessed early: it repeats, or is one of the usual ones."),
    "name": lambda: _("Leave your name out of it: that is tried first."),
}
