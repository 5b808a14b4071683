"""Codes of the review, the clues, the contact points and the timeline as words for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard import formats
from dashboard.screens.overdue_words import CLOCKS, PRODUCTS, TYPES
from dashboard.text import N_, _
from dashboard.text.words import OUTCOMES, PLACE_KINDS, UNSAID, accommodation, word
from planner.rules.review import ACTS

ANSWERS: Mapping[str, str] = {"yes": N_("Yes"), "no": N_("No"), "unknown": N_("Cannot tell")}
WILLING: Mapping[str, str] = {"yes": N_("willing"), "no": N_("unwilling"), "unknown": N_("willingness unknown")}
ABLE: Mapping[str, str] = {"yes": N_("able"), "no": N_("unable"), "unknown": N_("ability unknown")}
GROUNDS: Mapping[str, str] = {
    "income_lost": N_("Income lost or lower"),
    "burden_at_home": N_("Heavy burden at home"),
    "business_down": N_("Business is down"),
    "disaster": N_("Disaster or bad harvest"),
    "many_debts": N_("Owes several lenders"),
    "forgot": N_("Forgot, or a technical slip"),
    "away": N_("Away for work"),
    "pays_when_pressed": N_("Pays only when asked"),
    "broke_promises": N_("Broke promises"),
    "disputes_amount": N_("Disputes the amount"),
    "keeps_contact": N_("Keeps in contact"),
    "income_regular": N_("Regular income"),
    "owns_assets": N_("Owns assets of worth"),
    "hides_assets": N_("hides assets"),
    "false_papers": N_("gave false papers"),
    "moved_to_evade": N_("moved to evade service"),
    "loan_misused": N_("used the loan against the contract"),
}
DOUBTS: Mapping[str, str] = {
    "act_not_shown": N_("The act is not shown"),
    "other_reason": N_("Another reason explains it"),
    "not_heard": N_("The debtor was not heard"),
    "long_ago": N_("It is too long ago"),
}
ASSETS: Mapping[str, str] = {
    "dwelling": N_("Dwelling"),
    "shop": N_("Shop premises"),
    "office": N_("Office"),
    "factory": N_("Factory"),
    "land": N_("Land"),
    "car": N_("Car"),
    "truck": N_("Truck"),
    "machinery": N_("Machinery"),
    "stock": N_("Goods in stock"),
    "crops": N_("Crops or livestock"),
    "receivable": N_("Claim on a customer"),
    "deposit": N_("Deposit"),
    "insurance": N_("Insurance policy"),
    "shares": N_("Shares in a company"),
    "trademark": N_("Trademark"),
    "patent": N_("Patent"),
    "copyright": N_("Copyright"),
}
CLASSES: Mapping[str, str] = {
    "claims": N_("claim"),
    "physical": N_("physical"),
    "intangible": N_("intangible"),
}
SOURCES: Mapping[str, str] = {
    "debtor": N_("the debtor said so"),
    "guarantor": N_("the guarantor said so"),
    "visit": N_("seen at a visit"),
    "loan_file": N_("loan file"),
    "public_register": N_("public register"),
    "court": N_("court record"),
}
CERTAINTIES: Mapping[str, str] = {"documented": N_("documented"), "seen": N_("seen"), "told": N_("told only")}
COLLATERALS: Mapping[str, str] = {
    "none": N_("None"),
    "dwelling": N_("Dwelling"),
    "shop": N_("Shop premises"),
    "vehicle": N_("Vehicle"),
    "machinery": N_("Machinery"),
    "land": N_("Land"),
    "other": N_("Other"),
    "": N_("Not stated"),
}
AGENCIES: Mapping[str, str] = {
    "": N_("Not stated"),
    "in_house": N_("In-house"),
    "agency": N_("Agency"),
    "joint": N_("Joint with an agency"),
}
HOLDS: Mapping[str, str] = {
    "plan_active": N_("Instalment plan running"),
    "dispute": N_("Dispute open"),
    "represented": N_("Has a lawyer"),
    "deceased": N_("Death to be verified"),
    "hardship": N_("Hardship"),
    "vulnerable": N_("Vulnerable"),
    "minors_only": N_("Only minors at home"),
    "other": N_("On hold"),
}
PROMISES: Mapping[str, str] = {
    "kept": N_("kept"),
    "part": N_("kept in part"),
    "broken": N_("not kept"),
    "open": N_("still open"),
    "unsure": N_("paid, amount unknown"),
}
EVIDENCE: Mapping[str, str] = {
    "payment": N_("payment"),
    "notice_signed": N_("signed notice"),
    "delivery_proof": N_("proof of delivery"),
    "plan": N_("instalment plan"),
    "suit": N_("suit"),
    "request": N_("request for delay"),
    "": N_("no evidence named"),
}
PAYMENT_SOURCES: Mapping[str, str] = {
    "door": N_("at a visit"),
    "booked": N_("as booked"),
    "listed": N_("last payment on the list, amount not stated"),
}
SLOTS: Mapping[str, str] = {
    "night": N_("night"),
    "weekday_morning": N_("weekday morning"),
    "weekday_afternoon": N_("weekday afternoon"),
    "weekday_evening": N_("weekday evening"),
    "weekend": N_("weekend"),
}
LANES: Mapping[str, str] = {
    "accounts": N_("Due dates"),
    "payments": N_("Payments"),
    "visits": N_("Visits made"),
    "promises": N_("Promises"),
    "reviews": N_("Reviews"),
    "respect": N_("Holds and wishes"),
    "clocks": N_("Clocks"),
    "planned": N_("Planned"),
}
DEEDS: Mapping[str, str] = {
    "add": N_("added"),
    "correct": N_("corrected"),
    "close": N_("closed"),
    "reopen": N_("opened again"),
    "list": N_("the list now says otherwise; the correction was kept"),
}
HOW: Mapping[str, str] = {
    "visit": N_("A crew was there"),
    "map": N_("Set on the map"),
    "document": N_("From a document"),
    "address": N_("From the written address"),
}
TYPE_SOURCES: Mapping[str, str] = {"review": N_("review"), "list": N_("list"), "": N_("nobody has said yet")}


def type_words(code: str, proposed: str = "") -> str:
    """Give the words for a type; a proposal of bad faith is said to be one."""
    return _("Unreviewed: bad faith proposed, a second reviewer is needed") if proposed else word(TYPES, code)


def listed_words(codes: str, words: Mapping[str, str]) -> str:
    """Give several codes, separated by blanks, as words."""
    return _(", ").join(word(words, code) for code in codes.split())


def ground_words(codes: str) -> str:
    """Give the grounds of a review as words, the acts of bad faith first and said to be such once."""
    acts = " ".join(code for code in codes.split() if code in ACTS)
    rest = listed_words(" ".join(code for code in codes.split() if code not in ACTS), {**GROUNDS, **DOUBTS})
    told = [_("Act: {acts}").format(acts=listed_words(acts, GROUNDS))] if acts else []
    return " · ".join([*told, *([rest] if rest else [])])


def event_words(event: Mapping[str, Any], currency: str) -> str:
    """Say an event of the timeline in one line, without its day."""
    code, money = str(event["code"]), formats.money(event["minor"], currency)
    until = "" if event["until_on"] is None else formats.day(event["until_on"], year=True)
    case = str(event["about"])
    match str(event["kind"]):
        case "due":
            return _("{product} {case} fell due, {money} overdue now").format(
                product=word(PRODUCTS, code), case=case, money=money
            )
        case "listed":
            return _("On the list: {case}, {money} overdue").format(case=case, money=money)
        case "paid":
            return _("Paid {money} ({source})").format(money=money, source=word(PAYMENT_SOURCES, code))
        case "visit":
            return visit_words(event, money)
        case "promise":
            return _("Promised {money} by {day}: {state}").format(money=money, day=until, state=word(PROMISES, code))
        case "promise_open":
            return _("A promise that is not complete: {what}. Ask for it.").format(
                what=listed_words(str(event["more"]), UNSAID)
            )
        case "plan_signed":
            return _("Instalment plan signed")
        case "review":
            grounds = ground_words(str(event["more"]))
            said = _("Review by {who}: {type}").format(who=event["who"], type=found_words(code))
            return f"{said} ({grounds})" if grounds else said
        case "confirmed":
            return _("Bad faith confirmed by {who}").format(who=event["who"])
        case "doubted":
            grounds = ground_words(str(event["more"]))
            return _("{who} is not convinced of bad faith: {grounds}").format(who=event["who"], grounds=grounds)
        case "hold":
            said = _("Hold: {kind}").format(kind=word(HOLDS, code))
            return f"{said}, " + (_("until {day}").format(day=until) if until else _("until lifted"))
        case "accommodation":
            said = accommodation(code, str(event["more"]))
            return f"{said}, " + (_("until {day}").format(day=until) if until else _("until lifted"))
        case "interruption":
            return _("Limitation interrupted: {evidence} ({case})").format(evidence=word(EVIDENCE, code), case=case)
        case "clock":
            return _("{clock} of {case} runs until {day}").format(clock=word(CLOCKS, code), case=case, day=until)
        case "planned":
            return _("Planned visit at {time}, {place}, crew {crew}").format(
                time=event["more"], place=word(PLACE_KINDS, code), crew=event["who"]
            )
        case other:
            return other


def found_words(code: str) -> str:
    """Give the words for the type that a review found; bad faith alone is a proposal."""
    return _("bad faith proposed") if code == "bad_faith" else word(TYPES, code)


def visit_words(event: Mapping[str, Any], money: str) -> str:
    """Say what happened at a door, with willingness, ability and the three elements."""
    willing, able, how = [*str(event["more"]).split(), "-", "-", "-"][:3]
    parts = [word(OUTCOMES, str(event["code"]))]
    parts += [_(words[code]) for words, code in ((WILLING, willing), (ABLE, able)) if code in ("yes", "no")]
    if money != formats.UNKNOWN:
        parts.append(_("promised {money}").format(money=money))
    if how != "-":
        parts.append(_("by {how}").format(how=how_words(how)))
    return " · ".join(parts)


def how_words(how: str) -> str:
    """Say how somebody will pay."""
    return {"transfer": _("transfer"), "cash": _("cash"), "counter": _("at the counter")}.get(how, how)


def since(day: date | None) -> str:
    """Give a day with its year, a dash where it is unknown."""
    return formats.UNKNOWN if day is None else formats.day(day, year=True)
