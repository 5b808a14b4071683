"""Load the playbook from ``config/playbook.toml``, and refuse one with a gap, a blank or something unlawful in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from pathlib import Path
from typing import Any

from config.rules import member, term
from config.strict import BadConfig, confidence, day, keys, read_toml, typed
from planner.domain import Bucket, DebtorType, Group
from planner.rules.lint import flagged
from planner.rules.playbook import (
    CONDITIONS,
    ELEMENTS,
    FirstAct,
    Playbook,
    Rule,
    Sign,
    Status,
    Technique,
    Thing,
    WatchTerms,
    Words,
    settled,
)

PLAYBOOK = Path(__file__).parent / "playbook.toml"
FORMAT = "rounds-playbook/2"
TOP = ("format", "dated", "approach", "document", "advice", "caution", "first", "watch", "sign", "technique")
TEXTS = ("greeting", "opening", "care", *(f"ask_{one}" for one in ELEMENTS))
CHANNELS = ("message", "call", "visit")
#: an early sign's code is one that planner.value.early looks for
SIGNS = ("other_overdue", "broken_promise", "part_payment", "quiet", "due_soon")
CHINESE = re.compile("[一-鿿]")


def load_playbook(path: Path = PLAYBOOK) -> Playbook:
    """Load the playbook.

    Raises
    ------
    BadConfig
        If a key is unknown or missing, a text lacks a language or says what must not be said, a blocked technique is
        advised, two tables contradict each other, or there is a kind of debtor for whom nothing is said.
    """
    top = keys(read_toml(path), TOP, path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    book = Playbook(
        dated=day(top["dated"], f"{path.name} dated"),
        digest=hashlib.sha256(path.read_bytes()).hexdigest()[:8],
        approaches={code: words(one, f"{path.name} approach.{code}") for code, one in top["approach"].items()},
        things={code: thing(code, one, f"{path.name} document.{code}") for code, one in top["document"].items()},
        rules=tuple(rule(one, f"{path.name} advice {n}") for n, one in enumerate(top["advice"], start=1)),
        cautions={
            condition(fact, f"{path.name} caution"): words(one, f"{path.name} caution.{fact}")
            for fact, one in top["caution"].items()
        },
        first=tuple(first(one, f"{path.name} first {n}") for n, one in enumerate(top["first"], start=1)),
        watch=watch(top["watch"], f"{path.name} watch"),
        signs={code: sign(code, one, f"{path.name} sign.{code}") for code, one in top["sign"].items()},
        techniques=tuple(technique(one, f"{path.name} technique {n}") for n, one in enumerate(top["technique"], 1)),
    )
    for fault in faults(book):
        raise BadConfig(f"{path.name}: {fault}")
    return book


def faults(book: Playbook) -> Iterator[str]:
    """Name what is wrong with a playbook as a whole."""
    codes = [one.code for one in book.techniques]
    yield from (f"{code} occurs twice" for code in sorted({one for one in codes if codes.count(one) > 1}))
    yield from (f"sign.{code} is missing" for code in SIGNS if code not in book.signs)
    yield from (f"sign.{code} is none of {', '.join(SIGNS)}" for code in book.signs if code not in SIGNS)
    known = {one.code: one for one in book.techniques}
    for number, one in enumerate(book.rules, start=1):
        for code in one.techniques or ():
            if code not in known:
                yield f"advice {number}: there is no technique {code!r}"
            elif known[code].status is Status.BLOCKED:
                yield f"advice {number}: {code!r} is blocked and never offered"
        if one.approach is not None and one.approach not in book.approaches:
            yield f"advice {number}: there is no approach {one.approach!r}"
        yield from (f"advice {number}: there is no document {code!r}" for code in one.bring if code not in book.things)
    yield from contradictions(book.rules)
    yield from gaps(book)


def contradictions(rules: tuple[Rule, ...]) -> Iterator[str]:
    """Name two tables that are as specific as each other, fit the same debtor and say different things of one text."""
    for (first_at, one), (second_at, other) in combinations(enumerate(rules, start=1), 2):
        sides = ((one.types, other.types), (one.buckets, other.buckets), (one.groups, other.groups))
        if one.rank != other.rank or not all(not a or a & b for a, b in sides):
            continue
        both = sorted(set(one.texts) & set(other.texts))
        both += ["approach"] if one.approach and other.approach else []
        both += ["techniques"] if one.techniques is not None and other.techniques is not None else []
        if both:
            yield f"advice {first_at} and advice {second_at} both say {both[0]} for the same debtors"


def gaps(book: Playbook) -> Iterator[str]:
    """Name a kind of debtor for whom something is not said; debtors whose group is not stated count too."""
    for cell in product(DebtorType, Bucket, (*Group, "")):
        said = settled(book, *cell)
        lacking = [name for name in TEXTS if name not in said.texts]
        lacking += [name for name in ("approach", "techniques", "bring") if not getattr(said, name)]
        if lacking:
            yield f"nothing says {lacking[0]} for {', '.join(str(one) for one in cell)}"


def words(table: Any, where: str) -> Words:
    """Read a text in both languages; what must not be said is refused here."""
    keys(table, ["en", "zh"], where)
    en, zh = (typed(table[language], str, f"{where}.{language}").strip() for language in ("en", "zh"))
    if not en or CHINESE.search(en):
        raise BadConfig(f"{where}.en: an English text is needed here")
    if not CHINESE.search(zh):
        raise BadConfig(f"{where}.zh: a Chinese text is needed here")
    return Words(en, zh)


def spoken(table: Any, where: str) -> Words:
    """Read what a collector says; what the lint flags is refused."""
    said = words(table, where)
    for text in (said.en, said.zh):
        for flag in flagged(text):
            raise BadConfig(f"{where}: {flag.found!r} must not be said. {flag.reason}")
    return said


def condition(text: Any, where: str) -> str:
    """Read the name of a condition."""
    if text not in CONDITIONS:
        raise BadConfig(f"{where}: {text!r} is none of {', '.join(CONDITIONS)}")
    return str(text)


def thing(code: str, table: Any, where: str) -> Thing:
    """Read something to bring."""
    keys(table, ["en", "zh"], where, optional=["when"])
    name = words({"en": table["en"], "zh": table["zh"]}, where)
    return Thing(code, name, condition(table["when"], where) if "when" in table else "")


def some(value: Any, kind: Any, where: str) -> frozenset[str]:
    """Read one word of a vocabulary or a list of them."""
    values = value if isinstance(value, list) else [value]
    return frozenset(str(member(kind, one, where)) for one in values)


def rule(table: Any, where: str) -> Rule:
    """Read one table of advice."""
    optional = ("type", "bucket", "group", "approach", "techniques", "bring", *TEXTS)
    keys(table, [], where, optional=optional)
    return Rule(
        types=some(table.get("type", []), DebtorType, f"{where}.type"),
        buckets=some(table.get("bucket", []), Bucket, f"{where}.bucket"),
        groups=some(table.get("group", []), Group, f"{where}.group"),
        texts={name: spoken(table[name], f"{where}.{name}") for name in TEXTS if name in table},
        approach=typed(table["approach"], str, f"{where}.approach") if "approach" in table else None,
        techniques=tuple(typed(table["techniques"], list, f"{where}.techniques")) if "techniques" in table else None,
        bring=tuple(typed(table.get("bring", []), list, f"{where}.bring")),
    )


def first(table: Any, where: str) -> FirstAct:
    """Read what to do in some of the first days."""
    keys(table, ["from_day", "to_day", "channel", "do"], where, optional=["group"])
    span = typed(table["from_day"], int, where), typed(table["to_day"], int, where)
    if not 1 <= span[0] <= span[1]:
        raise BadConfig(f"{where}: from_day is at least 1 and not after to_day")
    if table["channel"] not in CHANNELS:
        raise BadConfig(f"{where}.channel: {table['channel']!r} is none of {', '.join(CHANNELS)}")
    groups = some(table.get("group", []), Group, f"{where}.group")
    return FirstAct(groups, *span, table["channel"], spoken(table["do"], f"{where}.do"))


def watch(table: Any, where: str) -> WatchTerms:
    """Read from when on something is an early sign."""
    names = ("due_within_days", "broken_promise_days", "quiet_days")
    keys(table, names, where)
    return WatchTerms(**{name: term(table[name], int, f"{where}.{name}") for name in names})


def sign(code: str, table: Any, where: str) -> Sign:
    """Read an early sign and the act that answers it."""
    keys(table, ["name", "act"], where)
    return Sign(code, words(table["name"], f"{where}.name"), spoken(table["act"], f"{where}.act"))


def technique(table: Mapping[str, Any], where: str) -> Technique:
    """Read one negotiation technique."""
    keys(table, ["code", "status", "name", "why", "confidence"], where, optional=["article", "when"])
    code = typed(table["code"], str, f"{where}.code")
    if table["status"] not in list(Status):
        raise BadConfig(f"{where}: status {table['status']!r} is none of {', '.join(Status)}")
    if table["status"] == Status.BLOCKED and "article" not in table:
        raise BadConfig(f"{where}: a blocked technique names the article that forbids it")
    return Technique(
        code=code,
        name=words(table["name"], f"{where}.name"),
        status=Status(table["status"]),
        why=words(table["why"], f"{where}.why"),
        article=words(table["article"], f"{where}.article") if "article" in table else None,
        when=condition(table["when"], f"{where}.when") if "when" in table else "",
        confidence=confidence(table["confidence"], where),
    )
