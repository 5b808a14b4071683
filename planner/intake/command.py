"""The commands ``check`` and ``import``: exit status 0 also when rows were rejected, 2 when nothing can be read."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from geodata.arguments import Arguments
from planner.intake.asking import CHOICES, read_answered, with_answers
from planner.intake.check import Checked
from planner.intake.issue import Severity, UnreadableList
from planner.intake.profile import Profile
from planner.intake.read import read_list

#: Issues printed without --json; all of them are in the JSON.
MOST_PRINTED = 200


class Refused(Exception):
    """An import that cannot be stored, such as for an unknown branch; the message is one sentence."""


@dataclass(frozen=True)
class ListToStore:
    """What ``import`` hands over to be located and stored."""

    branch: str
    path: Path
    profile: str
    checked: Checked
    full: bool = False
    preview: bool = False
    kind: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


#: Locates and stores a list; gives what it did, as plain values for the report, and in ``issues`` what was found while
#: locating. May raise ``Refused``.
Save = Callable[[ListToStore], Mapping[str, Any]]


def check_command(argv: Sequence[str], *, profiles: Mapping[str, Profile], today: date) -> int:
    """Read a list as the import would and change nothing."""
    parser = _parser("check", "Read an overdue list as the import would and change nothing.", profiles)
    arguments = parser.parse_args(argv)
    try:
        profile = with_answers(_profile(profiles, arguments.profile), _given(arguments))
        checked = read_list(arguments.file, profile, today=today)
    except (UnreadableList, Refused) as error:
        return _refused(error)
    _say(checked.report, as_json=arguments.json)
    return 0


def import_command(
    argv: Sequence[str],
    *,
    profiles: Mapping[str, Profile],
    save: Save,
    today_at: Callable[[str], date],
    remembered: Callable[[str, str], Mapping[str, str]] = lambda _branch, _kind: {},
) -> int:
    """Read a list and store what was accepted.

    ``today_at`` gives the date where a branch, by its code, is; ``remembered`` what the branch answered about an
    earlier list of a kind. A list that leaves something open is not stored: the question is the sentence.
    """
    parser = _parser("import", "Read an overdue list and store the rows that were accepted.", profiles)
    parser.add_argument("--branch", required=True, help="code of the branch the list belongs to")
    parser.add_argument(
        "--full", action="store_true", help="the list is the full one: accounts it does not name are closed"
    )
    parser.add_argument(
        "--day",
        type=date.fromisoformat,
        help="day of the list, YYYY-MM-DD (default today); an older one than is loaded adds to the history only",
    )
    parser.add_argument("--preview", action="store_true", help="say what would change, and change nothing")
    arguments = parser.parse_args(argv)
    # The machine may stand in another zone than the branch, where it is already tomorrow.
    today = today_at(arguments.branch)
    day = arguments.day or today
    try:
        if day > today:
            raise Refused(f"The day of the list, {day}, has not come yet.")
        read = read_answered(
            lambda profile: read_list(arguments.file, profile, today=day),
            _profile(profiles, arguments.profile),
            _given(arguments),
            lambda kind: remembered(arguments.branch, kind),
        )
        if read.questions:
            raise Refused(" ".join(one.sentence() for one in read.questions))
        stored = save(
            ListToStore(
                arguments.branch,
                arguments.file,
                arguments.profile,
                read.checked,
                full=arguments.full,
                preview=arguments.preview,
                kind=read.kind,
                answers=read.answers,
            )
        )
    except (UnreadableList, Refused) as error:
        return _refused(error)
    what, kept = "changes" if arguments.preview else "stored", dict(stored)
    # What was found while locating belongs to the list's issues.
    issues = [*read.checked.report["issues"], *kept.pop("issues", ())]
    _say({**read.checked.report, "issues": issues, what: kept}, as_json=arguments.json)
    return 0


def _parser(name: str, meaning: str, profiles: Mapping[str, Profile]) -> Arguments:
    parser = Arguments(prog=f"python -m planner {name}", description=meaning)
    parser.add_argument("file", type=Path, help="a CSV or XLSX file")
    first = next(iter(profiles), "auto")
    parser.add_argument("--profile", default=first, help=f"column profile: {', '.join(profiles)} (default {first})")
    for about, choices in CHOICES.items():
        meaning = f"what the list leaves open: {', '.join(choices)}"
        parser.add_argument(f"--{about.replace('_', '-')}", choices=choices, help=meaning)
    parser.add_argument("--json", action="store_true", help="report as JSON")
    return parser


def _given(arguments: Namespace) -> dict[str, str]:
    return {about: getattr(arguments, about) for about in CHOICES if getattr(arguments, about) is not None}


def _profile(profiles: Mapping[str, Profile], name: str) -> Profile:
    if name not in profiles:
        raise Refused(f"There is no column profile {name!r}; there are {', '.join(profiles)}.")
    return profiles[name]


def _refused(error: Exception) -> int:
    sys.stderr.write(f"{error}\n")
    return 2


def _say(report: Mapping[str, Any], *, as_json: bool) -> None:
    text = json.dumps(report, ensure_ascii=False, default=str) if as_json else "\n".join(told(report))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def told(report: Mapping[str, Any]) -> list[str]:
    """Give a report as lines to read."""
    counts = Counter(one["severity"] for one in report["issues"])
    found = [f"sheet {report['sheet']}"] if report["sheet"] else []
    found += [f"encoding {report['encoding']}"] if report["encoding"] else []
    lines = [
        f"{report['rows_accepted']:,} of {report['rows_read']:,} rows can be used ({', '.join(found)}).",
        "Columns: " + ", ".join(f"{name} = {heading}" for name, heading in report["columns"].items()),
    ]
    if report["dropped_columns"]:
        lines.append("Dropped: " + ", ".join(report["dropped_columns"]))
    lines.append(", ".join(f"{counts[one]} {one}" for one in Severity) + ".")
    for one in report["issues"][:MOST_PRINTED]:
        where = " ".join([f"row {one['row']}" if one["row"] else "file", *([one["column"]] if one["column"] else [])])
        lines.append(f"{one['severity']:8} {where}: {one['text']} {one['cure']} [{one['code']}]")
    if len(report["issues"]) > MOST_PRINTED:
        lines.append(f"… and {len(report['issues']) - MOST_PRINTED} more; --json gives all.")
    if "changes" in report:
        counted = (item for item in report["changes"].items() if item[0] not in ("details", "kept", "repeated"))
        would = ", ".join(f"{count:,} {name}" for name, count in counted)
        lines.append(f"Would change, in accounts: {would}. Nothing was changed.")
        if report["changes"].get("repeated"):
            lines[-1] = "This very file was imported before: importing it again changes nothing."
        if report["changes"].get("kept"):
            lines.append(
                f"The list has no column for {', '.join(report['changes']['kept'])}: what is known of it stays."
            )
    if "stored" in report:
        lines.append(_stored(report["stored"]))
    return lines


def _stored(result: Mapping[str, Any]) -> str:
    if result.get("repeated"):
        return "This very file was imported before: nothing was changed."
    if result.get("older"):
        return (
            f"A newer list is loaded: {result['unchanged']:,} accounts were kept as of {result['list_on']} for the "
            "history, and nothing else was changed."
        )
    counts = [f"{result[name]:,} {name}" for name in ("added", "changed", "unchanged", "gone") if name in result]
    return f"Stored, in accounts: {', '.join(counts)}."
