"""Codes of the planner as words for a reader: outcomes, holds, approaches, what to bring, accommodations."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.text import N_, _

#: what was not said of a promise
UNSAID: Mapping[str, str] = {"day": N_("day not said"), "amount": N_("amount not said")}
OUTCOMES: Mapping[str, str] = {
    "PAID_FULL": N_("Paid in full"),
    "PAID_PART": N_("Paid a part"),
    "PTP_2D": N_("Promise within 2 days"),
    "PTP_3D": N_("Promise within 3 days"),
    "PTP_LATER": N_("Promise for later"),
    "PLAN_SIGNED": N_("Instalment plan signed"),
    "CLAIMS_PAID": N_("Says it is paid"),
    "THIRD_PAYS": N_("Somebody else pays"),
    "NEGOTIATE": N_("Wants to negotiate"),
    "REFUSED": N_("Refused"),
    "HARDSHIP": N_("Cannot pay (hardship)"),
    "DISPUTE": N_("Disputes the debt"),
    "NOTICE_SIGNED": N_("Notice signed"),
    "NOTICE_LEFT": N_("Notice left"),
    "THIRD_PARTY_ONLY": N_("Only somebody else there"),
    "NOT_HOME": N_("Not home"),
    "NO_ACCESS": N_("No access to the building"),
    "MOVED": N_("Moved away"),
    "WRONG_ADDRESS": N_("Wrong address"),
    "LOST": N_("Cannot be found"),
    "DECEASED": N_("Deceased"),
    "VULNERABLE_STOP": N_("Stopped: vulnerable person"),
    "UNSAFE_ABORT": N_("Broken off: unsafe"),
    "REPRESENTED": N_("Has a lawyer"),
    "TO_VERIFY": N_("To be verified"),
}

ACCOMMODATIONS: Mapping[str, str] = {
    "no_visit_weekdays": N_("Not on: {value}"),
    "no_visit_dates": N_("Not on: {value}"),
    "no_visit_before": N_("Not before {value}"),
    "no_visit_after": N_("Not after {value}"),
    "language": N_("Language: {value}"),
    "no_entry": N_("Do not enter the home"),
    "accessible_venue": N_("Meet at an accessible place"),
    "interpreter": N_("Interpreter needed"),
    "visitor_gender": N_("Visitor: {value}"),
    "safe_contact_only": N_("Use the safe contact only"),
}

PLACE_KINDS: Mapping[str, str] = {
    "home": N_("Home"),
    "workplace": N_("Workplace"),
    "shop": N_("Shop"),
    "guarantor": N_("Guarantor"),
    "collateral": N_("Collateral"),
}

#: how exact a place is (``geodata.geocoding``)
ACCURACIES: Mapping[str, str] = {
    "exact": N_("exact"),
    "street": N_("street"),
    "district": N_("district centroid"),
}

VALUES: Mapping[str, str] = {
    "female": N_("a woman"),
    "male": N_("a man"),
    "yue": N_("Cantonese"),
    "dialect": N_("local dialect"),
}

#: what a crew can do; ``language``, ``visitor`` and ``agency`` carry a value behind a colon
SKILLS: Mapping[str, str] = {
    "legal": N_("Legal"),
    "dialect": N_("Local dialect"),
    "senior": N_("Experience"),
    "vehicle": N_("Vehicle disposal"),
    "negotiation": N_("Negotiation"),
    "interpreter": N_("Interpreter"),
    "bank": N_("A collector of the bank's own"),
}
SKILL_KINDS: Mapping[str, str] = {
    "language": N_("Language: {value}"),
    "visitor": N_("Visitor: {value}"),
    "agency": N_("Agency {value}"),
}

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

#: what does something in nobody's name
DOERS: Mapping[str, str] = {"set-up": N_("set-up"), "planner": N_("by the software")}


def word(words: Mapping[str, str], code: str) -> str:
    """Give the words for a code; a code without words is shown as it is, never hidden."""
    return _(words[code]) if code in words else code


def actor(name: str) -> str:
    """Name who did something; set-up and planning are nobody's names and have words in each language."""
    return word(DOERS, name)


def skill(code: str) -> str:
    """Name what a visit needs of its crew.

    >>> skill("legal"), skill("language:yue"), skill("agency:HY"), skill("welding")
    ('Legal', 'Language: Cantonese', 'Agency HY', 'welding')
    """
    kind, colon, value = code.partition(":")
    if colon and kind in SKILL_KINDS:
        return _(SKILL_KINDS[kind]).replace("{value}", word(VALUES, value))
    return word(SKILLS, code)


def accommodation(kind: str, value: str) -> str:
    """Say what must be respected, never why."""
    shown = _(VALUES[value]) if value in VALUES else value
    if kind == "no_visit_weekdays":
        days = [int(day) for day in value.split() if day.isdigit() and int(day) < len(WEEKDAYS)]  # Monday is 0
        shown = " ".join(_(WEEKDAYS[day]) for day in days) or value
    return word(ACCOMMODATIONS, kind).replace("{value}", shown)
