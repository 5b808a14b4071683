"""What the audit trail names, as words for a reader: the deed, and what it was about."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.text import N_, _

DEEDS: Mapping[str, str] = {
    "accommodations.save": N_("Accommodations changed"),
    "agencies.save": N_("Contract with an agency changed"),
    "branch.save": N_("Branch changed"),
    "clock.interrupt": N_("Evidence of an interruption entered"),
    "clues.save": N_("Clue to assets recorded"),
    "collectors.save": N_("Collectors changed"),
    "complaints.save": N_("Complaint entered"),
    "crews.save": N_("Crews changed"),
    "customers.save": N_("Customers' places loaded"),
    "day.change": N_("A crew's day changed"),
    "day.pack": N_("Day pack taken along"),
    "holds.save": N_("Holds changed"),
    "import.save": N_("List imported"),
    "import.undo": N_("Import taken back"),
    "job.cancel": N_("Job stopped"),
    "job.finish": N_("Job ended"),
    "job.queue": N_("Job asked for"),
    "job.start": N_("Job begun"),
    "jobs.reap": N_("Dead jobs cleared"),
    "login.password": N_("Password changed"),
    "login.refused": N_("Sign-in refused"),
    "login.save": N_("Account added or changed"),
    "outcomes.save": N_("Outcomes recorded"),
    "person.erase": N_("Person erased"),
    "place.close": N_("Place closed"),
    "place.pin": N_("Pin corrected"),
    "place.put": N_("Place added or changed"),
    "plan.publish": N_("Plan published"),
    "plan.save": N_("Plan saved"),
    "plan.undo": N_("Change of a plan undone or redone"),
    "regions.save": N_("Districts loaded"),
    "reviews.save": N_("Debtors reviewed"),
    "safety.record": N_("Sign for a crew's safety"),
    "scenario.put_away": N_("Scenario deleted"),
    "session.begin": N_("Signed in"),
    "session.end": N_("Signed out"),
    "session.end_all": N_("Sessions of an account ended"),
    "session.end_others": N_("Signed out elsewhere"),
    "setting.save": N_("Setting changed"),
    "shifts.save": N_("Shifts changed"),
    "survey.edit": N_("Survey changed in bulk"),
    "survey.undo": N_("Change in bulk taken back"),
}
#: deeds that name what they were about after the first dot
KINDS: Mapping[str, str] = {
    "cards": N_("Contact cards looked at or taken along ({what})"),
    "export": N_("File made of a plan ({what})"),
    "read.page": N_("Auditor looked at a page ({what})"),
    "read": N_("Auditor read ({what})"),
}


def deed(what: str, pages: Mapping[str, str] = {}) -> str:
    """Give a deed of the trail in words, pages by their titles; one that nobody has named is shown as it is.

    >>> deed("plan.publish"), deed("read.page.overdue", {"overdue": "Overdue list"}), deed("unheard.of")
    ('Plan published', 'Auditor looked at a page (Overdue list)', 'unheard.of')
    >>> deed("read.page.")
    'Auditor looked at a page (the first one)'
    """
    if what in DEEDS:
        return _(DEEDS[what])
    kind = next((one for one in KINDS if what.startswith(f"{one}.")), None)
    if kind is None:
        return what
    of = what.removeprefix(f"{kind}.")
    return _(KINDS[kind]).format(what=(pages.get(of, of) or _("the first one")) if kind == "read.page" else of)


def about(ids: Mapping[str, object]) -> str:
    """Give what a deed touched: ids or counts as the trail has them, never a name.

    >>> about({"plan": "p1", "debtors": ["D1", "D2"], "rows": 30, "note": ""})
    'plan p1 · debtors D1, D2 · rows 30'
    """
    said = []
    for name, value in ids.items():
        text = (
            ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value if value is not None else "")
        )
        if text:
            said.append(f"{name.replace('_', ' ')} {text}")
    return " · ".join(said)
