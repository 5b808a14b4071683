"""The corpus of hostile and broken files, read as every list is read: in a child process with limits."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.profiles import load_profile
from dashboard.screens.overdue_issues import issue_words
from dashboard.text import speaking
from dashboard.text.refusals import refused
from planner.intake.issue import KINDS, Issue, Severity, UnreadableList
from planner.intake.read import TOO_BIG, read_list
from planner.intake.waiting import ROOT
from tests.planner.intake.corpus import File, corpus
from tests.planner.intake.factories import TODAY

CORPUS = corpus()
QUICK = [one for one in CORPUS if not one.costly]
OWN = {"PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "2", "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}
HAN = re.compile(r"[\u4e00-\u9fff]")


def answers(files: list[File], folder: Path) -> dict[str, dict]:
    requests = []
    for number, one in enumerate(files):
        path = folder / f"{number}.{one.suffix}"
        path.write_bytes(one.make())
        requests.append({"path": str(path), "profile": load_profile().as_dict(), "today": TODAY.isoformat()})
    said: list[dict] = []
    while len(said) < len(requests):
        done = subprocess.run(
            [sys.executable, "-m", "tests.planner.intake.batch"],
            input="\n".join(json.dumps(one) for one in requests[len(said) :]).encode(),
            capture_output=True,
            cwd=ROOT,
            env=os.environ | OWN,
            check=False,
        )
        said += [json.loads(line) for line in done.stdout.decode().splitlines()]
        if len(said) < len(requests):  # an engine that gets no memory ends its process: the file is refused
            assert done.returncode < 0, done.stderr.decode()[-2_000:]
            said.append({"unreadable": TOO_BIG, "cpu_s": 0, "peak_bytes": 0})
    return {one.name: answer for one, answer in zip(files, said, strict=True)}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    return answers(QUICK, tmp_path_factory.mktemp("corpus"))


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 200


@pytest.mark.parametrize("one", QUICK, ids=lambda one: one.name)
def test_a_file_is_read_as_far_as_it_can_be_or_refused_in_a_sentence(one: File, told: dict[str, dict]) -> None:
    said = told[one.name]
    assert "failed" not in said, said["failed"]
    assert said["cpu_s"] <= 20
    assert said["peak_bytes"] <= 2**30
    if "unreadable" in said:
        assert one.accepted in (None, -1)
        sentence(said["unreadable"])
        return
    assert one.accepted is not None
    issues = [Issue(**(each | {"severity": Severity(each["severity"]), "facts": tuple(map(tuple, each["facts"]))}))
              for each in said["issues"]]  # fmt: skip
    assert one.says <= {each.code for each in issues}
    whole(issues)
    if one.accepted >= 0:
        assert said["report"]["rows_accepted"] == said["rows"] == one.accepted
        assert one.minor is None or said["overdue_minor"] == str(one.minor)
        assert not one.day or said["last_paid_on"][:10] == one.day


def whole(issues: list[Issue]) -> None:
    """A rejected row is named with row, column, code, text and cure, and all of it can be said in Chinese."""
    for each in issues:
        assert each.code in KINDS
        assert each.text
        assert each.cure
        if each.severity is Severity.ERROR:
            assert each.column, each
            assert each.row or each.code == "column_missing"
        with speaking("zh"):
            assert all(HAN.search(part) for part in issue_words(each)), each


def sentence(text: str) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*\.", text)
    with speaking("zh"):
        assert HAN.search(refused(text)), text


COSTLY = [one for one in CORPUS if one.costly]


@pytest.mark.long
@pytest.mark.parametrize("one", COSTLY, ids=lambda one: one.name)
def test_a_costly_file_stays_within_its_limits(one: File, tmp_path: Path) -> None:
    reads_within_limits(one, tmp_path)


@pytest.mark.parametrize("name", ["a cell in the far corner", "one id sixty thousand times"])
def test_some_of_the_costly_files_stay_within_their_limits(name: str, tmp_path: Path) -> None:
    reads_within_limits(next(one for one in COSTLY if one.name == name), tmp_path)


def reads_within_limits(one: File, folder: Path) -> None:
    path = folder / f"list.{one.suffix}"
    path.write_bytes(one.make())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.process_time()
    try:
        checked = read_list(path, load_profile(), today=TODAY)
    except UnreadableList as error:
        assert one.accepted is None
        sentence(str(error))
    else:
        assert checked.report["rows_accepted"] == one.accepted
        assert one.says <= {each.code for each in checked.issues}
        whole(list(checked.issues[:500]))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert cpu_s <= (75 if "million" in one.name else 20.5)  # the limit itself is kept to the tick
    assert after.ru_maxrss * 1024 <= 2 * 2**30
    assert time.process_time() - began <= 20
