"""Sentences that the planner makes, in the reader's language: why somebody is left out, and what can be done.

The planner speaks English, with numbers and ids inside. Each kind of sentence stands here once as a template, so that
it can be recognised and said in another language with the same numbers, and with names in place of its ids. What no
template knows is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import lru_cache

from dashboard.text import N_, _
from dashboard.text.called import SHIFTS, Called

#: codes of planner.routing.reasons and of planner.rules.permit, and those of planner.value.candidates
REASONS: Mapping[str, str] = {
    "no_option": N_("No window left"),
    "no_skill": N_("No crew has the skill"),
    "no_window_this_week": N_("No shift in its windows"),
    "no_road": N_("No road leads there"),
    "too_far": N_("Too far for a shift"),
    "kept_apart": N_("Kept apart from a stop"),
    "shift_full": N_("The shift is full"),
    "not_worth_travel": N_("Not worth the way"),
    "required_conflict": N_("Required visits in conflict"),
    "displaced": N_("Displaced by better visits"),
    "not_chosen": N_("Would still fit"),
    "place_located": N_("Not on the map"),
    "hold": N_("On hold"),
    "outcome_hold": N_("Reported at the door"),
    "limitation_expired": N_("Limitation has passed"),
    "place_kind": N_("Place may not be visited"),
    "unsafe": N_("Unsafe at the last visit"),
    "no_contact": N_("Nobody met twice"),
    "frequency": N_("Visited too recently"),
    "accommodation": N_("As the debtor asked"),
    "holiday": N_("Holiday"),
    "hours": N_("Outside the permitted hours"),
    "not_past": N_("The week is over"),
    "too_late_for_clock": N_("Too late for the clock"),
    "no_own_place": N_("No place of his own known"),
    "on_a_route": N_("On a published route already"),
    "held_out": N_("Left unvisited by lot"),
    "third_party": N_("The agency's contract"),
    "agency_list": N_("On the agency's list"),
    "cheaper_channel": N_("A cheaper way pays better"),
    "dropped": N_("Taken out by hand"),
}

#: what is said of somebody for whom only a shift that has begun could have been changed
OVER = N_("What it would have taken is a shift that has begun. Plan again for what is left.")

#: why a way to a debtor was chosen (``planner.chosen``)
WAYS: tuple[str, ...] = (
    N_("On a route of the bank's own crew: {value} expected, {gain} after the crew's time."),
    N_(
        "On a route because it lies on the way: at full cost a letter would bring {gain} and a visit {value}, "
        "but the way it adds costs {cost}."
    ),
    N_(
        "On a route because it lies on the way: at full cost a call would bring {gain} and a visit {value}, "
        "but the way it adds costs {cost}."
    ),
    N_("On a route because a clock requires it, whatever it costs."),
    N_("On a route of the agency {agency}: {value} expected, {cost} of it the fee."),
    N_("On a joint route with the agency {agency}: {value} expected, {cost} of it the fee."),
    # what planner.scenarios.budget says of somebody for whom no hours are left
    N_("It would still fit and add {gain}, but the field hours of this scenario are used up."),
    N_("Give the scenario more field hours."),
    N_("The agency {agency} brings {gain} net, more than a call or a letter; it has no crew in this plan."),
    N_("A letter brings {gain} net, a visit {value}: the way costs more than it brings."),
    N_("A call brings {gain} net, a visit {value}: the way costs more than it brings."),
    N_("A letter brings {gain} net; a visit would bring less than is paid anyway."),
    N_("A call brings {gain} net; a visit would bring less than is paid anyway."),
    N_("A letter brings {gain} net, a visit {value} after the crew's time and the way."),
    N_("A call brings {gain} net, a visit {value} after the crew's time and the way."),
    N_("A visit would bring {value} net, but the crews' hours go to better ones; a letter brings {gain} net."),
    N_("A visit would bring {value} net, but the crews' hours go to better ones; a call brings {gain} net."),
    N_("A visit would bring {value} net, but the crews' hours go to better ones; nothing else pays."),
    N_("No visit is possible; a letter brings {gain} net."),
    N_("No visit is possible; a call brings {gain} net."),
    N_("Neither a visit nor a letter nor a call brings more than it costs."),
    N_("Nobody may be approached now: the reason stands beside it."),
    N_("On a route because the branch manager put it there."),
    N_("Not on a route after a change by hand; a letter brings {gain} net."),
    N_("Not on a route after a change by hand; a call brings {gain} net."),
    N_("Not on a route after a change by hand; nothing else pays."),
)
#: Where one sentence begins like another, the longer one stands first.
TEMPLATES: tuple[str, ...] = (
    OVER,
    N_("Worth up to {value}, it needs about {minutes} min of travel and service."),
    N_("In place of others on {shift} the plan would lose {change}."),
    N_("In place of {visits} on {shift} it would add {change}: a longer search may find room."),
    N_("In place of {visits} on {shift} the plan would lose {loss}; from a value of {value} it would go in."),
    N_("It would take the place of {visits} on {shift}."),
    N_("Instead, {visit} could take the place of {others} on {shift}."),
    N_("Elsewhere, {visit} would fit on {shift}."),
    N_("The plan would then gain {change}: a longer search may find room."),
    N_("The plan would then lose {loss}; from a value of {value} it would go in."),
    N_("By the prices of the proof it could pay from about {value} on."),
    N_("From a value of {value} the trip on {shift} would pay."),
    N_("No few neighbouring visits of one shift could make room for it."),
    N_("Required visits in its way on {shift}: {visits}."),
    N_("No few neighbours make room for it; required visits on {shift}: {visits}."),
    N_("Make {visits} optional: it can then be made on {shift}."),
    N_("This was not tried."),
    N_("None of the changes tried makes room for it."),
    N_("Mark it as required: it takes the place of {visits} on {shift}, and the plan loses {loss}."),
    N_("Mark it as required: it takes the place of {visits} on {shift}."),
    N_("The plan then loses {loss}."),
    N_("Then there is room for it, and the plan gains {gain}."),
    N_("Then there is room for it, and the plan loses {loss}."),
    N_("Lengthen {shift} by {minutes} min at its end."),
    N_("Let {shift} make {stops} stops, and lengthen it by {minutes} min at its end."),
    N_("Let {shift} make {stops} stops."),
    N_("Give the crew of {shift} the skill {needs}, and lengthen the shift by {minutes} min at its end."),
    N_("Give the crew of {shift} the skill {needs}."),
    N_("Add a shift like {shift} that ends {minutes} min later, of a crew with the skill {needs}."),
    N_("Add a shift like {shift}, of a crew with the skill {needs}."),
    N_("Add a shift like {shift} that ends {minutes} min later."),
    N_("Add a shift like {shift}."),
    N_("Free about {minutes} min on {shift} while its window is open, add a shift, or mark it as required."),
    N_("It would still fit and add {gain}, but this plan did not look for it."),
    N_("It would still fit and add {gain}, but nothing has happened that calls for another plan."),
    N_("It would still fit and add {gain}, but stops whose time or order is known would move, which counts more."),
    N_("Plan again with the search."),
    N_("Taken out by the branch manager: an agreement is being made."),
    N_("Taken out by the branch manager: reached in another way."),
    N_("Taken out by the branch manager: known to be away."),
    N_("Taken out by the branch manager: for the crew's safety."),
    N_("Taken out by the branch manager: out of regard for the debtor."),
    N_("Taken out by the branch manager: the data must be checked first."),
    N_("Taken out by the branch manager."),
    N_("Take it back on the debtor's card once the reason is over."),
    N_("Mark it as required if it has to be made on one of these days."),
    N_("Plan again at a lower cost of a change, or mark it as required."),
    N_("There is time for it on {shift}, but it is kept apart from {visits}."),
    N_("Allow them on one route again, or have one of them made on another shift."),
    N_("There is time for it, but every shift that could make it has its largest number of stops."),
    N_("Raise the largest number of stops of {shift}, or add a shift."),
    N_("It could be made alone, but no plan found holds it together with the other required visits."),
    N_("Add a shift, lengthen {shift}, or make another required visit optional."),
    N_("No window is left for it: rules, holds or accommodations removed every one."),
    N_("Look at its holds and accommodations, or write a letter instead."),
    N_("No shift can do what it needs: {needs}."),
    N_("Give a crew the skill, or add a shift."),
    N_("No shift with the skills works while one of its windows is open."),
    N_("Add a shift in its window."),
    N_("No road leads from the start of any such shift to its place and on to the end."),
    N_("Check where its place lies on the map."),
    N_("Even as the only stop of a shift it cannot be reached in its window and left in time."),
    N_("Lengthen a shift, or start it nearer."),
    N_("It is worth up to {value}, and going there costs {cost} of travel or more."),
    N_("Besides, a change of the published plan costs {cost}."),
    N_("Call or write instead, or visit when others nearby are due."),
    N_("No place of this debtor is on the map."),
    N_("Complete the address or set its position on the map."),
    N_("The only places known may not be visited."),
    N_("Find out where the debtor may be met."),
    N_("Every working day of the week is a holiday."),
    N_("Plan another week."),
    N_("No day of the week has hours in which these places may be visited."),
    N_("Plan days on which the place is open."),
    N_("Hold: plan active."),
    N_("Hold: dispute."),
    N_("Hold: represented."),
    N_("Hold: deceased."),
    N_("Hold: hardship."),
    N_("Hold: vulnerable."),
    N_("Hold: minors only."),
    N_("Hold: other."),
    N_("Reported at the last visits: plan active."),
    N_("Reported at the last visits: dispute."),
    N_("Reported at the last visits: represented."),
    N_("Reported at the last visits: deceased."),
    N_("Reported at the last visits: hardship."),
    N_("Reported at the last visits: vulnerable."),
    N_("Reported at the last visits: minors only."),
    N_("Reported at the last visits: other."),
    N_("Watch the instalments; visit again only if the plan is broken."),
    N_("Settle the dispute first and answer it in writing."),
    N_("Settle the grievance first."),
    N_("Write to the legal representative."),
    N_("Verify the death, then legal review of the estate."),
    N_("Verify the death, then legal review."),
    N_("Offer relief or an instalment plan by telephone."),
    N_("Offer relief by telephone; mind calamity, marriage and festival."),
    N_("Hand over to the specialist; no visit."),
    N_("Arrange a meeting with an adult first."),
    N_("Ask who set the hold, and why."),
    N_("A crew broke off its last visit here as unsafe."),
    N_("Ask the manager for an approval."),
    N_("The limitation period of every account has passed."),
    N_("Legal review; never mislead the debtor."),
    N_("{n} visit(s) within {days} days; free again on {date}."),
    N_("Telephone or write until then."),
    N_("The last {n} visits met nobody."),
    N_("Telephone, write, or find a new address."),
    N_("Accommodation: no visit weekdays."),
    N_("Accommodation: no visit dates."),
    N_("Accommodation: no visit before."),
    N_("Accommodation: no visit after."),
    N_("Accommodation: safe contact only."),
    N_("Agree on another time or channel."),
    N_("Correct the entry {entry}: it cannot be read, so nobody is sent."),
    N_("Every window of the week is over."),
    N_("No working day is left."),
    N_("The clock ends before the first day on which the visit is permitted."),
    N_("Only the guarantor's place or the collateral is known."),
    N_("Left unvisited by lot, so that the branch learns what is paid without a visit."),
    N_("The branch manager can end the lot on the page Learning."),
    N_("A published route visits this debtor already: {shift}."),
    N_("Plan again once the crew has reported."),
    N_("Sue, apply for arbitration, or have the notice served before the clock ends."),
    # what planner.rules.lint flags in a free text
    N_("The text tells of a protected characteristic, which no decision about a visit may rest on."),
    N_("Leave it out; if something must be respected, enter an accommodation without the reason."),
    N_("The text tells of somebody's health, which is sensitive and not needed for a visit."),
    N_("The note tells of somebody else by name or with details: the debt is no business of theirs."),
    N_("Leave other people, their family and their health out: “a neighbour opened” is enough."),
    N_("The note tells of a child, which no note about a debt needs."),
    N_("Leave other people, their family and their health out: “a relative opened” is enough."),
    N_("Leave it out; enter a hold (vulnerable or hardship) or an accommodation, without the reason."),
    N_("This reads as a threat or as violence, which no collector may use."),
    N_("Write what was said and agreed; who felt threatened reports it to the manager."),
    N_("It reads as if money was taken in hand or to an account of one's own, which no collector may do."),
    N_("Have it paid to the bank, and record the payment as such; otherwise tell the manager at once."),
    N_("It reads as if somebody is to borrow elsewhere to pay, which nobody may be told to do."),
    N_("Write what can be paid from own income, and offer instalments."),
    N_("It reads as a visit at night: nobody is visited between 22:00 and 08:00 without consent."),
    N_("Go at permitted hours; where the debtor wished another hour, enter it as the hour to visit."),
    N_("A number plate does not belong into a note."),
    N_("Leave it out: what stands before a house belongs to whoever it belongs to."),
    N_("An account of a messenger belongs into the contact card."),
    N_("The words humiliate the debtor."),
    N_("Describe what was done or said, not what somebody is."),
    N_("Making a debt public is forbidden (PIPL 25; Civil Code 1024, 1032)."),
    N_("Keep to letter, visit, agreement and court."),
    N_("Nobody but debtor, guarantor and co-debtor may learn of the debt."),
    N_("Ask for the debtor without saying why; leave the others out."),
    N_("A debt is a matter of civil law: what is not going to happen must not be said."),
    N_("Name only the next lawful step, and only one that the bank really takes."),
    N_("Property is seized by a court only."),
    N_("Refer the collateral to the legal department."),
    N_("An identity number does not belong into a note."),
    N_("Leave it out: the debtor id is enough."),
    N_("A card or account number does not belong into a note."),
    N_("Leave it out: the case id is enough."),
    N_("A telephone number belongs into the contact card."),
    N_("Have the contact card corrected instead."),
    N_("An agency deals with this debtor, and no contract allows the product and ageing."),
    N_("An agency deals with this debtor, and its contract does not run on these days."),
    N_("An agency deals with this debtor, who is on hold."),
    N_("Take the case back, or enter the agency's contract."),
    N_("The agency {agency} brings {gain} net; it has no crew in this plan."),
    N_("Send the agency {agency} its list."),
    N_("Send a letter."),
    N_("Telephone."),
    *WAYS,
)
#: These say what the visit itself is worth.
OWN_WORTH = frozenset(
    {
        "Worth up to {value}, it needs about {minutes} min of travel and service.",
        "It is worth up to {value}, and going there costs {cost} of travel or more.",
    }
)
PLACE = re.compile(r"\\\{(\w+)\\\}")


def reason_words(code: str) -> str:
    """Give the few words for a reason; an unknown code is shown as it is, never hidden."""
    return _(REASONS[code]) if code in REASONS else code


def said(text: str, names: Called | None = None, worth: float | None = None) -> str:
    """Say a text of the planner, of one or more known sentences, in the reader's language.

    With ``names`` the ids of visits and shifts become names, and amounts carry their currency: only where a template
    has a place for them, never by a search in the text. ``worth`` (units) is what the visit itself is worth at most, so
    that a sentence says it as the table beside it does. The answer is plain text: names in it may hold any sign.
    """
    sentences, rest = parsed(text)
    told, chinese = [], False
    for template, places in sentences:
        values: Mapping[str, str] = dict(places)
        if names is not None:
            values = names.filled(values, worth if template in OWN_WORTH else None)
        spoken = _(template)
        chinese = chinese or is_chinese(spoken)
        told.append(spoken.format(**values))
    if rest:
        told.append(rest)
    # A Chinese name in an English sentence does not make it Chinese.
    return "".join(told) if chinese else " ".join(told)


def still(text: str, gone: Set[str]) -> str:
    """Give a text of the planner without the proposals that need one of the shifts that are ``gone``.

    What follows such a proposal is about it and goes with it. Where nothing is left, that is said.
    """
    sentences, rest = parsed(text)
    begins = next(
        (k for k, (_one, places) in enumerate(sentences) if gone & {v for p, v in places if p in SHIFTS}), None
    )
    if begins is None:
        return text
    kept = [template.format(**dict(places)) for template, places in sentences[:begins]]
    return " ".join([*kept, rest] if rest else kept) or OVER


@lru_cache(maxsize=20_000)
def parsed(text: str) -> tuple[tuple[tuple[str, tuple[tuple[str, str], ...]], ...], str]:
    """Take a text apart into its known sentences, each with what stands in its places, and an unknown rest."""
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    rest = text.strip()
    while rest:
        for template, pattern in patterns():
            match = pattern.match(rest)
            if match is not None:
                found.append((template, tuple(match.groupdict().items())))
                rest = rest[match.end() :].lstrip()
                break
        else:
            break
    return tuple(found), rest


def is_chinese(text: str) -> bool:
    """Say whether there is a Chinese character in a text."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def knows(text: str) -> bool:
    """Say whether every sentence of a text has a template."""
    rest = text.strip()
    while rest:
        match = next((m for _, pattern in patterns() if (m := pattern.match(rest)) is not None), None)
        if match is None:
            return False
        rest = rest[match.end() :].lstrip()
    return True


@lru_cache(maxsize=1)
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give each template with the pattern that recognises it at the start of a text."""
    return tuple((one, re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(one)) + r"(?=\s|$)")) for one in TEMPLATES)
