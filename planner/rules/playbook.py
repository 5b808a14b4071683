"""The playbook: what to say, bring, ask and never do, for a debtor type, an ageing bucket and a customer group.

It is written in TOML by the branch itself and loaded by ``config.playbook``; nothing in the code knows an opening or a
technique. Of the tables that fit a debtor the most specific counts, text by text, so that a file stays short: one table
for everybody, one a type, one a group, and the few pairs that differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planner.domain import DebtorType
from planner.rules.pack import Term

#: the three elements of every contact
ELEMENTS = ("when", "how", "how_much")
#: conditions that the facts of a debtor settle
CONDITIONS = ("guaranteed", "lapsing", "expired", "not_expired")


class Status(StrEnum):
    """What the playbook does with a technique."""

    OFFERED = "offered"
    CONDITIONAL = "conditional"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    en: str
    zh: str

    def said(self, language: str) -> str:
        """Give the text in a language.

        >>> Words("When?", "何时？").said("zh")
        '何时？'
        """
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Technique:
    """One technique. ``why`` is the reason of a blocked one, the condition of a conditional one, else its use.

    ``when`` names a condition of ``CONDITIONS`` without which it is not offered, "" where there is none.
    """

    code: str
    name: Words
    status: Status
    why: Words
    article: Words | None
    when: str
    confidence: str


@dataclass(frozen=True)
class Thing:
    """Something to bring, always or only on a condition."""

    code: str
    name: Words
    when: str


@dataclass(frozen=True)
class Rule:
    """A table of advice: for whom, and what it says. An empty set is any; None is silence.

    ``texts`` may have greeting, opening, care, ask_when, ask_how and ask_how_much.
    """

    types: frozenset[str]
    buckets: frozenset[str]
    groups: frozenset[str]
    texts: Mapping[str, Words]
    approach: str | None
    techniques: tuple[str, ...] | None
    bring: tuple[str, ...]

    def fits(self, debtor_type: str, bucket: str, group: str) -> bool:
        """Say whether the table speaks of such a debtor."""
        asked = ((self.types, debtor_type), (self.buckets, bucket), (self.groups, group))
        return all(not wanted or given in wanted for wanted, given in asked)

    @property
    def rank(self) -> tuple[int, bool, bool, bool]:
        """How specific the table is: by the number of its keys, then type before bucket before group."""
        named = (bool(self.types), bool(self.buckets), bool(self.groups))
        return (sum(named), *named)


@dataclass(frozen=True)
class FirstAct:
    """What to do in the first days past due; ``channel`` is message, call or visit. An empty set is any group."""

    groups: frozenset[str]
    from_day: int
    to_day: int
    channel: str
    do: Words


@dataclass(frozen=True)
class Sign:
    """An early sign at an account that is not overdue yet, and the decent act that answers it."""

    code: str
    name: Words
    act: Words


@dataclass(frozen=True)
class WatchTerms:
    """From when on something counts as an early sign, in days."""

    due_within_days: Term[int]
    broken_promise_days: Term[int]
    quiet_days: Term[int]


@dataclass(frozen=True)
class Playbook:
    """The whole file. ``signs`` stand with the weightiest first."""

    dated: date
    digest: str
    approaches: Mapping[str, Words]
    things: Mapping[str, Thing]
    rules: tuple[Rule, ...]
    cautions: Mapping[str, Words]
    first: tuple[FirstAct, ...]
    watch: WatchTerms
    signs: Mapping[str, Sign]
    techniques: tuple[Technique, ...]

    def technique(self, code: str) -> Technique:
        """Give a technique by its code."""
        return next(one for one in self.techniques if one.code == code)


@dataclass(frozen=True)
class Advice:
    """What a collector is told before a visit.

    ``elements`` maps when, how and how_much to the question that obtains it. ``offered`` and ``conditional`` hold what
    fits this debtor, ``blocked`` every technique that is never offered. ``cautions`` come first where there are any.
    """

    approach: str
    approach_name: Words
    greeting: Words
    opening: Words
    care: Words
    documents: tuple[Thing, ...]
    elements: Mapping[str, Words]
    offered: tuple[Technique, ...]
    conditional: tuple[Technique, ...]
    blocked: tuple[Technique, ...]
    cautions: tuple[Words, ...]
    first: FirstAct | None


def advise(
    playbook: Playbook,
    *,
    debtor_type: str,
    bucket: str,
    group: str,
    guaranteed: bool,
    required_reason: str = "",
    expired: bool = False,
    days_past_due: int | None = None,
) -> Advice:
    """Give the advice for one debtor.

    Parameters
    ----------
    debtor_type, bucket, group
        Of ``planner.domain``; an empty type counts as unreviewed, an empty group as any.
    guaranteed
        Whether somebody stands surety.
    required_reason
        Why the visit is required, empty where it is not: a clock lapses.
    expired
        Whether every limitation period has passed.
    days_past_due
        Where known, the first days have an act of their own.

    Raises
    ------
    KeyError
        If the playbook has a gap; one that was loaded has none.
    """
    said = settled(playbook, debtor_type or DebtorType.UNREVIEWED, bucket, group)
    facts = facts_of(guaranteed=guaranteed, lapsing=bool(required_reason), expired=expired)
    fitting = [playbook.technique(code) for code in said.techniques]
    fitting = [one for one in fitting if not one.when or one.when in facts]
    things = (playbook.things[code] for code in said.bring)
    return Advice(
        approach=said.approach,
        approach_name=playbook.approaches[said.approach],
        greeting=said.texts["greeting"],
        opening=said.texts["opening"],
        care=said.texts["care"],
        documents=tuple(one for one in things if not one.when or one.when in facts),
        elements={one: said.texts[f"ask_{one}"] for one in ELEMENTS},
        offered=tuple(one for one in fitting if one.status is Status.OFFERED),
        conditional=tuple(one for one in fitting if one.status is Status.CONDITIONAL),
        blocked=tuple(one for one in playbook.techniques if one.status is Status.BLOCKED),
        cautions=tuple(words for fact, words in playbook.cautions.items() if fact in facts),
        first=None if days_past_due is None else first_act(playbook.first, group, days_past_due),
    )


@dataclass(frozen=True)
class Settled:
    """What the tables say together of one kind of debtor, before the facts of the case."""

    approach: str
    texts: Mapping[str, Words]
    techniques: tuple[str, ...]
    bring: tuple[str, ...]


def settled(playbook: Playbook, debtor_type: str, bucket: str, group: str) -> Settled:
    """Lay the fitting tables over each other, the most specific on top."""
    fitting = sorted((one for one in playbook.rules if one.fits(debtor_type, bucket, group)), key=lambda one: one.rank)
    texts: dict[str, Words] = {}
    approach, techniques = "", tuple[str, ...]()
    bring: dict[str, None] = {}
    for rule in fitting:
        texts |= rule.texts
        approach = rule.approach or approach
        techniques = techniques if rule.techniques is None else rule.techniques
        bring |= dict.fromkeys(rule.bring)
    return Settled(approach, texts, techniques, tuple(bring))


def facts_of(*, guaranteed: bool, lapsing: bool, expired: bool) -> frozenset[str]:
    """Give the conditions that hold."""
    held = {
        "guaranteed": guaranteed,
        "lapsing": lapsing and not expired,
        "expired": expired,
        "not_expired": not expired,
    }
    return frozenset(name for name, holds in held.items() if holds)


def first_act(acts: Iterable[FirstAct], group: str, days_past_due: int) -> FirstAct | None:
    """Give what to do so many days past due; None before the first day and once the first days are over."""
    return next(
        (
            one
            for one in acts
            if one.from_day <= days_past_due <= one.to_day and (not one.groups or group in one.groups)
        ),
        None,
    )
