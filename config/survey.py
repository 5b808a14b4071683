"""Load the terms of the survey and the review from ``config/survey.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from config.rules import WHY, term
from config.strict import BadConfig, day, keys, read_toml
from planner.domain import DebtorType
from planner.rules.pack import Term
from planner.rules.review import ReviewTerms

SURVEY = Path(__file__).parent / "survey.toml"
FORMAT = "rounds-survey/1"


@dataclass(frozen=True)
class SurveyTerms:
    """How long a review and an accommodation count, and from how many metres on a place is rough."""

    review: ReviewTerms
    accommodation_months: Term[int]
    rough_m: Term[int]


def load_survey(path: Path = SURVEY) -> SurveyTerms:
    """Load the terms.

    Raises
    ------
    BadConfig
        If a key is unknown, missing or of the wrong kind, or a length is not positive; the message names it.
    """
    top = keys(read_toml(path), ["format", "dated", "review_months", "accommodation_months", "rough_m"], path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    day(top["dated"], "dated")
    months = keys(top["review_months"], [one.value for one in DebtorType], "review_months")
    return SurveyTerms(
        ReviewTerms(
            MappingProxyType({one: positive(months[one.value], f"review_months.{one.value}") for one in DebtorType})
        ),
        positive(top["accommodation_months"], "accommodation_months"),
        positive(top["rough_m"], "rough_m"),
    )


def positive(table: object, where: str) -> Term[int]:
    """Read a whole number above zero with its reason."""
    keys(table, ["value", *WHY], where)
    read: Term[int] = term(table, int, where)
    if read.value <= 0:
        raise BadConfig(f"{where}: {read.value} is not positive")
    return read
