"""Codes of the survey, the clocks and the intake as words for a reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dashboard.maps import Kind
from dashboard.text import N_, _, n_
from dashboard.text.words import word
from planner.domain import Bucket, DebtorType, Group, Occupation

GROUPS: Mapping[str, str] = {
    Group.COMPANY: N_("Company"),
    Group.MERCHANT: N_("Small merchant"),
    Group.FARM: N_("Farm household"),
    Group.INDIVIDUAL: N_("Individual"),
    "": N_("Not stated"),
}
TYPES: Mapping[str, str] = {
    DebtorType.OCCASIONAL: N_("Occasional: willing and able"),
    DebtorType.HARDSHIP: N_("Hardship: willing, unable"),
    DebtorType.CARELESS: N_("Careless: able, unwilling"),
    DebtorType.BAD_FAITH: N_("Bad faith, reviewed twice"),
    DebtorType.UNREVIEWED: N_("Not yet reviewed"),
    "": N_("Not yet reviewed"),
}
BUCKETS: Mapping[str, str] = {
    Bucket.M1: N_("M1 · to 30 days"),
    Bucket.M2: N_("M2 · 31–60 days"),
    Bucket.M3: N_("M3 · 61–90 days"),
    Bucket.M4_6: N_("M4–6 · 91–180 days"),
    Bucket.M7_12: N_("M7–12 · to a year"),
    Bucket.Y1_3: N_("1–3 years"),
    Bucket.Y3_PLUS: N_("Over 3 years"),
}
#: light to dark with age, so that the order is seen without reading the legend
BUCKET_COLOURS: Mapping[str, str] = {
    Bucket.M1: "#F5C451",
    Bucket.M2: "#EE9A3F",
    Bucket.M3: "#E06F3C",
    Bucket.M4_6: "#C84A4A",
    Bucket.M7_12: "#9E2F5F",
    Bucket.Y1_3: "#6B2168",
    Bucket.Y3_PLUS: "#351456",
}
PRODUCTS: Mapping[str, str] = {
    "business_loan": N_("Business loan"),
    "consumer_loan": N_("Consumer loan"),
    "card": N_("Credit card"),
    "mortgage": N_("Mortgage"),
    "auto_loan": N_("Car loan"),
    "other": N_("Other"),
}
OCCUPATIONS: Mapping[str, str] = {
    Occupation.SALARIED: N_("Salaried"),
    Occupation.SELF_EMPLOYED: N_("Self-employed"),
    Occupation.FARMER: N_("Farmer"),
    Occupation.RETIRED: N_("Retired"),
    Occupation.HOME: N_("At home"),
    Occupation.UNKNOWN: N_("Unknown"),
}
GUARANTEES: Mapping[str, str] = {
    "none": N_("No guarantee"),
    "ordinary": N_("Ordinary guarantee"),
    "joint": N_("Joint guarantee"),
}
CLOCKS: Mapping[str, str] = {"limitation": N_("Limitation"), "guarantee": N_("Guarantee")}
ACTS: Mapping[str, str] = {
    "record_payment": N_("Record the payment on file"),
    "letter": N_("Letter by registered post"),
    "signed_notice": N_("Notice signed at a visit"),
    "demand_on_guarantor": N_("Written demand on the guarantor"),
    "suit": N_("Sue or apply for arbitration"),
    "legal_review": N_("Ask the legal department"),
}
#: the acts as a count in a sentence, cheapest first
ACT_COUNTS: Mapping[str, Callable[[int], str]] = {
    "record_payment": lambda n: n_("{n} needs a payment on file recorded", "{n} need a payment on file recorded", n),
    "letter": lambda n: n_("{n} needs only a letter", "{n} need only a letter", n),
    "signed_notice": lambda n: n_("{n} needs a notice signed at a visit", "{n} need a notice signed at a visit", n),
    "demand_on_guarantor": lambda n: n_("{n} needs a demand on the guarantor", "{n} need a demand on the guarantor", n),
    "suit": lambda n: n_("{n} needs a suit", "{n} need a suit", n),
    "legal_review": lambda n: n_("{n} needs the legal department", "{n} need the legal department", n),
}
#: what the survey lacks, and what to do about it
MISSING: Mapping[str, tuple[str, str]] = {
    "place": (N_("No located place"), N_("Correct the address or add coordinates: nobody can be sent.")),
    "datum": (N_("Coordinate system not stated"), N_("Name it in the list or profile: pins may be 500 m off.")),
    "region": (N_("District unknown"), N_("Correct the address: the district decides the trip.")),
    "occupation": (N_("Occupation unknown"), N_("Ask at the next contact: it says when somebody is home.")),
    "review": (N_("Type not yet reviewed"), N_("Review willingness and ability before the visit.")),
    "due_date": (N_("Due date missing"), N_("Take it from the contract: the limitation clock starts there.")),
    "interruption": (N_("Interruption without evidence"), N_("Name the evidence, or the date does not count.")),
    "clock_owner": (N_("Nobody answers for the dates"), N_("Have a lawyer set and sign the clock dates.")),
    "guarantee_end": (N_("End of guarantee not stated"), N_("Read the contract: six months are assumed.")),
}
SEVERITIES: Mapping[str, str] = {
    "error": N_("Row rejected"),
    "warning": N_("Value left out"),
    "info": N_("For information"),
}
COLUMNS: Mapping[str, str] = {
    "case_id": N_("Case id"),
    "name": N_("Name"),
    "id_number": N_("Identity number (joins accounts, not stored)"),
    "phone": N_("Phone"),
    "product": N_("Product"),
    "collateral": N_("Collateral"),
    "agency": N_("Agency"),
    "group": N_("Customer group"),
    "occupation": N_("Occupation"),
    "debtor_type": N_("Type after review"),
    "overdue": N_("Overdue amount"),
    "principal": N_("Principal"),
    "last_paid": N_("Last payment, amount"),
    "days_past_due": N_("Days past due"),
    "bucket": N_("Ageing bucket"),
    "as_of_on": N_("Day of the list"),
    "due_on": N_("Due date"),
    "last_paid_on": N_("Last payment, day"),
    "loan_on": N_("Loan date"),
    "loan_ends_on": N_("End of the loan"),
    "interrupted_on": N_("Last interruption"),
    "interruption": N_("Evidence of interruption"),
    "clock_set_by": N_("Who set the clock"),
    "guarantor": N_("Guarantor"),
    "guarantee_kind": N_("Kind of guarantee"),
    "guarantee_ends_on": N_("End of guarantee"),
    "hold": N_("Hold"),
    "hold_until_on": N_("Hold until"),
    "collector": N_("Collector"),
    "needs": N_("Skills needed"),
    "language": N_("Language"),
    "interpreter": N_("Interpreter"),
    "visitor_gender": N_("Visitor"),
    "no_visit_weekdays": N_("No visit on"),
    "no_visit_before": N_("No visit before"),
    "no_visit_after": N_("No visit after"),
    "no_entry": N_("Do not enter"),
    "accessible_venue": N_("Accessible place"),
    "safe_contact_only": N_("Safe contact only"),
    "city": N_("City"),
    "district": N_("District"),
    "datum": N_("Coordinate system"),
}
_PLACES: Mapping[str, str] = {
    "home": N_("Home"),
    "work": N_("Workplace"),
    "shop": N_("Shop"),
    "guarantor": N_("Guarantor"),
    "collateral": N_("Collateral"),
}
_PARTS: Mapping[str, str] = {
    "address": N_("address"),
    "lon": N_("longitude"),
    "lat": N_("latitude"),
    "datum": N_("coordinate system"),
}


def column_words(name: str) -> str:
    """Give the words for a canonical column of an overdue list."""
    place, _underscore, part = name.rpartition("_")
    if place in _PLACES and part in _PARTS:
        return f"{_(_PLACES[place])}: {_(_PARTS[part])}"
    return word(COLUMNS, name)


def bucket_kinds(codes: Sequence[str] = tuple(Bucket)) -> tuple[Kind, ...]:
    """Give the ageing buckets as classes of the map."""
    return tuple(Kind(str(code), _(BUCKETS[code]), BUCKET_COLOURS[code]) for code in codes)
