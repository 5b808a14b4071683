"""Why a login cannot be kept, by the code of ``planner.store.BadLogin``."""

from __future__ import annotations

from dashboard.text import _

WRONG = {
    "name": lambda: _("A name is 2 to 60 letters, digits and . _ @ -, and begins with a letter or digit."),
    "role": lambda: _("Nobody signs in with this role."),
    "administrator": lambda: _("An administrator has no branch and no crew, and sees no debtor."),
    "branches": lambda: _("Choose at least one branch."),
    "branch": lambda: _("There is no such branch any more: reload the page."),
    "crew": lambda: _("A collector belongs to one crew of one branch."),
    "subject": lambda: _("Somebody else has this name at the bank's own sign-in."),
    "last": lambda: _("This is the last administrator: make another one first."),
}
