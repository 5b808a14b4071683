"""How long the survey's view and a debtor's page take on the demo: python -m benchmarks.survey [database URL]."""

from __future__ import annotations

import itertools
import sys
import time
from datetime import UTC, datetime

from config.parameters import load
from config.rules import load_pack
from config.survey import load_survey
from planner.adoption import model_in_use
from planner.domain import Principal, Role
from planner.store import open_store
from planner.view.debtor import branch_data, debtor_view
from planner.view.survey import survey_view


def main() -> None:
    store = open_store(sys.argv[1] if len(sys.argv) > 1 else "sqlite:///var/rounds.sqlite")
    who, now, parameters = Principal("manager.YX01", Role.MANAGER, frozenset({"YX01"})), datetime.now(UTC), load()
    (branch,) = store.branches(who)
    pack = load_pack(branch.rule_pack)
    for _ in range(3):
        marks = [time.process_time()]
        view = survey_view(store, who, branch, parameters, rough_m=load_survey().rough_m.value, now=now)
        marks.append(time.process_time())
        data = branch_data(store, who, branch, today=now.date())
        model = model_in_use(store, who, branch.code, parameters)
        marks.append(time.process_time())
        ids = view.rows["debtor_id"].head(20)
        for debtor_id in ids:
            debtor_view(data, branch, str(debtor_id), pack, model, now=now)
        marks.append(time.process_time())
        survey_s, shared_s, debtors_s = (later - first for first, later in itertools.pairwise(marks))
        print(
            f"{len(view.rows)} debtors: survey {survey_s:.2f} s, behind the debtor's page {shared_s:.2f} s, "
            f"a debtor {debtors_s / len(ids):.2f} s"
        )


if __name__ == "__main__":
    main()
