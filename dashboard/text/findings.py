"""What the second reading of the rules finds at a stop, in the reader's language: ``planner.rules.check`` writes it.

Each finding is a few words with values in them; one without a template is said as it came, never hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from dashboard import formats
from dashboard.text import N_, _, current_language
from dashboard.text.articles import article_words
from dashboard.text.sentences import PLACE, is_chinese
from dashboard.text.words import OUTCOMES, PLACE_KINDS, accommodation, skill, word

HOLDS: Mapping[str, str] = {
    "plan_active": N_("Instalment plan kept"),
    "dispute": N_("Open dispute"),
    "represented": N_("Legal representative"),
    "deceased": N_("Death to be verified"),
    "hardship": N_("Hardship"),
    "vulnerable": N_("Vulnerable person"),
    "minors_only": N_("Only minors at home"),
    "other": N_("Hold without a stated reason"),
}
#: the names of the hours in the rule packs
HOURS: Mapping[str, str] = {
    "legal hours": N_("Hours allowed by law"),
    "recommended hours": N_("Recommended hours"),
    "workplace hours": N_("Hours at a workplace"),
    "workplace closed at weekends": N_("Workplaces at weekends"),
}
#: Where one finding begins like another, the longer one stands first.
TEMPLATES: tuple[str, ...] = (
    N_("{place} is no place of this debtor"),
    N_("{place} has no position"),
    N_("a {kind} is visited although there is no guarantee"),
    N_("a {kind} is visited although a {better} is known"),
    N_("a {kind} is not visited"),
    N_("hold {hold} on {day}"),
    N_("{code} was reported on {day}"),
    N_("the last visit was broken off as unsafe"),
    N_("every limitation period has passed"),
    N_("visited on {days} before {day}"),
    N_("the last {n} visits met nobody"),
    N_("{when} is over"),
    N_("a crew of {n}"),
    N_("{n} collectors"),
    N_("nobody of the crew offers {skill}"),
    N_("the crew is not told of {wish}"),
    N_("the agency deals with this debtor, and the crew is not its own"),
    N_("a joint visit without a collector of the bank's own"),
    N_("there is no contract with {agency}"),
    N_("the contract of {agency} does not run on {day}"),
    N_("the contract of {agency} does not allow {what}"),
    N_("{agency} is sent to a debtor on hold ({hold})"),
    N_("{hours}: closed on {day}"),
    N_("{hours}: {span} on {day}"),
    N_("{day} is {holiday}"),
)
#: what stands for an article where no law is behind a rule
NO_LAW = frozenset({"accommodation", "contract"})
WISH = re.compile(r"(no_visit_\w+|safe_contact_only)\b ?(.*)")


def finding(text: str) -> str:
    """Say one finding; the answer is plain text.

    >>> finding("nobody of the crew offers legal"), finding("no_visit_before 10:00"), finding("something new")
    ('nobody of the crew offers Legal', 'Not before 10:00', 'something new')
    """
    wish = WISH.fullmatch(text)
    if wish is not None:
        return accommodation(wish[1], wish[2])
    for template, pattern in patterns():
        match = pattern.fullmatch(text)
        if match is not None:
            return _(template).format(**{name: SAID.get(name, str)(value) for name, value in match.groupdict().items()})
    return text


def law(article: str) -> str:
    """Give the article behind a rule in the reader's language, "" where there is none."""
    return "" if article in NO_LAW else article_words(article)


def holiday(name: str) -> str:
    """Give a holiday of a rule pack, which has both names, in one language.

    >>> holiday("国庆节 National Day"), holiday("Republic Day")
    ('National Day', 'Republic Day')
    """
    chinese, _blank, english = name.partition(" ")
    if not is_chinese(chinese) or not english:
        return name
    return chinese if current_language() == "zh" else english


def lowered(words: str) -> str:
    """Put a word into the middle of a sentence."""
    return words[:1].lower() + words[1:]


def moment(text: str) -> str:
    """Say a moment as everywhere else; what is none is said as it came.

    >>> moment("2026-12-01 09:00"), moment("soon")
    ('Tue 1 Dec 09:00', 'soon')
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{formats.day(read.date())} {formats.clock(read)}"


SAID: Mapping[str, Callable[[str], str]] = {
    "when": moment,
    "kind": lambda code: lowered(word(PLACE_KINDS, code)),
    "better": lambda code: lowered(word(PLACE_KINDS, code)),
    "hold": lambda code: word(HOLDS, code),
    "hours": lambda name: word(HOURS, name),
    "holiday": holiday,
    "code": lambda code: word(OUTCOMES, code),
    "skill": skill,
    "wish": lambda code: accommodation(code, ""),
}


@lru_cache(maxsize=1)
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give each template with the pattern of the findings it is for."""
    return tuple((one, re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(one)))) for one in TEMPLATES)
