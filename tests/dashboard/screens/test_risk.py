"""The risk page: figures, empty states, who may see it, the book, and the way an older list comes in."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from dashboard.screens import overdue_load, risk_export, risk_flows, risk_how, risk_words
from dashboard.services import Services
from dashboard.text import speaking
from planner.domain import Role
from planner.portfolio import FEWEST, migration, moves
from planner.portfolio.change import MONTHS
from planner.store import Store
from planner.view import sums
from planner.view.risk import BOOK, risk_view
from tests.dashboard.screens.conftest import Stopped, act_as, texts
from tests.planner.portfolio.lists import states
from tests.planner.store.factories import NOW


def script() -> None:
    from dashboard.screens import risk

    risk.page()


def run(language: str = "en", **state: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in {"language": language, **state}.items():
        app.session_state[name] = value
    return app.run()


@pytest.fixture
def here(kit: Stopped) -> Stopped:
    return kit


def older(kit: Services, who: object, months: int = 4) -> None:
    """Bring in earlier full lists of the town: everybody thirty days younger each time, and some who left since."""
    branch = kit.store.branches(who)[0].code  # type: ignore[arg-type]
    accounts = kit.store.accounts(who, branch)  # type: ignore[arg-type]
    debtors = kit.store.debtors(who, branch)  # type: ignore[arg-type]
    newest = kit.store.list_days(who, branch)[-1].as_of_on  # type: ignore[arg-type]
    for k in range(1, months + 1):
        day = newest - timedelta(days=30 * k)
        # Sixty fall overdue each month; forty of them are on the next list too, twenty on the one after.
        parts = [
            accounts.head(many).assign(
                case_id=[f"G{began}-{n}" for n in range(many)],
                debtor_id=[f"GD{began}-{n}" for n in range(many)],
                days_past_due=12 + 30 * (began - k),
            )
            for began, many in ((k, 60), (k + 1, 40), (k + 2, 20))
        ]
        table = pd.concat(parts, ignore_index=True).assign(as_of_on=pd.Timestamp(day))
        result = kit.store.save_import(
            who,  # type: ignore[arg-type]
            branch,
            {"accounts": table, "debtors": debtors},
            file_name="old.csv",
            sha256=f"{k}" * 64,
            profile="auto",
            rows_read=1,
            rows_accepted=1,
            issues_json="[]",
            full_list=True,
            now=NOW,
        )
        assert result.older


def test_with_one_list_the_page_says_what_to_bring(here: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER)
    app = run()
    assert not app.exception
    assert "Bring last month's list too" in texts(app)
    assert "risk_load" in [one.key for one in app.button]
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    assert "risk_load" not in [one.key for one in run().button]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_with_several_lists_it_shows_its_figures(here: Stopped, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    older(here, who)
    app = run(language)
    assert not app.exception
    assert len(app.metric) == 5
    assert len(app.get("vega_lite_chart")) + len(app.get("arrow_vega_lite_chart")) >= 4
    if language == "en":
        assert "not the share of the whole loan book" in texts(app)
        assert "5 full lists" in texts(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_head_sees_what_is_of_many_by_accounts(here: Stopped, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    older(here, act_as(monkeypatch, Role.MANAGER))
    of_manager = run(language)
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    app = run(language)
    assert not app.exception
    assert [one.value for one in app.metric] == [one.value for one in of_manager.metric]
    assert f"risk_measure {language}" in of_manager.session_state
    assert f"risk_measure {language}" not in app.session_state
    assert len(app.get("vega_lite_chart")) + len(app.get("arrow_vega_lite_chart")) >= 4


def test_the_preset_of_the_district_is_all(here: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER)
    seen = []

    def read(*_args: object) -> object:
        who = act_as(monkeypatch, Role.MANAGER)
        view = risk_view(here.store, who, here.store.branches(who), now=NOW)
        return seen.append(view) or replace(view, now=view.now.assign(region=["", *view.now["region"][1:]]))

    monkeypatch.setattr("dashboard.screens.risk.read_view", read)
    app = run()
    assert seen
    assert app.selectbox(key="risk_region en").options[0] == "All districts"
    assert "District unknown" not in app.selectbox(key="risk_region en").options


@pytest.mark.parametrize(("fewest", "said"), [(0, "stood on an earlier list."), (5, "where they went is not told")])
def test_a_product_that_nobody_had_before_has_no_moves(
    here: Stopped, monkeypatch: pytest.MonkeyPatch, fewest: int, said: str
) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    lists = states({day: {f"k{k}": 40 for k in range(30)} for day in ("2026-08-20", "2026-09-20", "2026-10-20")})
    view = risk_view(here.store, who, here.store.branches(who), now=NOW)
    view = replace(view, now=view.now.assign(product="mortgage"), moves=moves(lists), fewest=fewest)
    monkeypatch.setattr("dashboard.screens.risk.read_view", lambda *_: view)
    app = run()
    app.selectbox(key="risk_product en").select("mortgage").run()
    assert not app.exception
    assert said in " ".join(one.value for one in app.info)


def test_the_book_that_was_entered_is_the_denominator(
    here: Stopped, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    code = store.branches(who)[0].code
    late = store.accounts(who, code).assign(days_past_due=50, as_of_on=pd.Timestamp("2026-11-21"))
    late["principal_minor"] = 10**6
    told = {"file_name": "l.csv", "sha256": "9" * 64, "profile": "auto", "rows_read": 1, "rows_accepted": 1}
    store.save_import(who, code, {"accounts": late}, **told, issues_json="[]", full_list=True, now=NOW)
    before = {one.label: one.value for one in run().metric}
    assert all("of listed" in label for label in list(before)[:3])
    branch = store.branches(who)[0]
    book = {"as_of": "2026-11-30", "products": {"card": 10**12, "consumer_loan": 10**12}}
    store.save_setting(who, branch.code, BOOK, book, now=NOW)
    app = run()
    assert not app.exception
    after = {one.label: one.value for one in app.metric}
    assert "PAR 30" in after
    assert float(after["PAR 30"].rstrip("%")) < float(before["PAR 30 · of listed"].rstrip("%"))
    store.save_setting(who, branch.code, BOOK, {"as_of": "2026-11-30", "products": {"card": 1}}, now=NOW)
    assert "it is not used" in " ".join(one.value for one in run().warning)


def test_an_older_list_is_said_to_change_nothing_of_today(here: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    branch = here.store.branches(who)[0]
    before = here.store.accounts(who, branch.code)
    newest = here.store.list_days(who, branch.code)[-1].as_of_on
    data = "案件编号,姓名,逾期金额,逾期天数,家庭地址\nN-1,甲,1200.00,40,柳巷1号\nN-2,乙,800.00,4,柳巷1号\n".encode(
        "gb18030"
    )
    day = (newest - timedelta(days=30)).isoformat()
    reading = overdue_load.read(here, who, branch, "old.csv", data, (branch.code, "e" * 64, "auto", day, ()))
    assert reading.older_than == newest
    result = overdue_load.take(here, who, branch, reading, full_list=True)
    assert (result.older, result.list_on) == (True, date.fromisoformat(day))
    pd.testing.assert_frame_equal(here.store.accounts(who, branch.code), before)
    states = here.store.account_states(who, branch.code)
    then = states[states["as_of_on"] == day].set_index("case_id")
    assert then["days_past_due"].to_dict() == {"N-1": 40, "N-2": 4}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("by_money", [False, True])
def test_the_workbook_says_what_the_page_says(
    here: Stopped, monkeypatch: pytest.MonkeyPatch, language: str, by_money: bool
) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    older(here, who)
    view = risk_view(here.store, who, here.store.branches(who), now=NOW)
    with speaking(language):
        book = load_workbook(io.BytesIO(risk_export.workbook(view, by_money=by_money, made_on=NOW.date())))
    assert len(book.sheetnames) == 6
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    people = set(here.store.debtors(who, view.branches[0].code)["debtor_id"])
    assert not people & set(cells)
    assert not {"nan", "inf"} & set(cells)


def test_the_workbook_names_no_amount_of_a_few_people(here: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    view = risk_view(here.store, who, here.store.branches(who), now=NOW)
    many = {"2026-11-20": {f"k{k}": 40 if k < 25 else 95 for k in range(28)}}
    with speaking("en"):
        table = risk_export.risk_table(replace(view, now=states(many), earlier=states(many)[:0]), {}, 100)
    every = table[table["who"] == "all accounts together"].set_index("over_days")
    assert every.loc[30, ["at_risk", "value"]].tolist() == [2800.0, 1.0]
    assert every.loc[90, ["at_risk", "value", "low", "high"]].isna().all()


def test_a_heads_workbook_gives_nobodys_amount_by_subtraction(here: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    view = risk_view(here.store, who, here.store.branches(who), now=NOW)
    listed = states({"2026-11-20": {f"k{k}": 40 if k % 2 else 10 for k in range(63)}})
    listed["region"] = ["W"] * 40 + ["E"] * 22 + ["N"]
    listed["product"] = ["card"] * 40 + ["mortgage"] * 22 + ["auto_loan"]
    head = sums.nameless(replace(view, now=listed, earlier=listed[:0], moves=view.moves[:0], spells=view.spells[:0]))
    with speaking("en"):
        table = risk_export.risk_table(head, {"W": "West", "E": "East", "N": "North"}, 100)
    told = table[table["of_amount"].notna() & (table["over_days"] == 30)].set_index("who")["of_amount"]
    assert "" not in set(table["who"]), "an unknown district has no row: its key is that of all"
    assert told.to_dict() == {"all accounts together": 6300.0, "West": 4000.0, "Credit card": 4000.0}


def test_a_cell_of_one_debtor_with_many_accounts_has_no_amount(here: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    view = risk_view(here.store, who, here.store.branches(who), now=NOW)
    lists = states({day: {f"k{k}": days if k < 6 else 40 for k in range(30)}
                    for day, days in (("2026-10-20", 40), ("2026-11-20", 70))})  # fmt: skip
    went = moves(
        lists.assign(debtor_id=lists["debtor_id"].where(~lists["case_id"].isin([f"k{k}" for k in range(6)]), "A"))
    )
    matrix = migration(went, by_money=False)
    cells = matrix[matrix["moved"] > 0].set_index("moved")
    assert cells["moved_debtors"].to_dict() == {6: 1, 24: 24}
    assert risk_flows.amounts(cells, 5).isna().to_dict() == {6: True, 24: False}
    with speaking("en"):
        found = {one.name: one for one in risk_export.sheets(replace(view, moves=went), by_money=False)}
    told = found["Migration"].rows
    assert told.loc[told["moved"] > 0].set_index("moved")["moved_amount"].isna().to_dict() == {6: True, 24: False}


def test_a_sum_that_is_kept_back_is_not_called_nothing(here: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    view = risk_view(here.store, who, here.store.branches(who), now=NOW)
    now = view.now.assign(product=["mortgage"] * 3 + ["card"] * (len(view.now) - 3))
    lists = states({day: {f"k{k}": 40 for k in range(30)} for day in ("2026-09-20", "2026-10-20")}, product="mortgage")
    head = replace(view, now=now, moves=moves(lists), fewest=5)
    monkeypatch.setattr("dashboard.screens.risk.read_view", lambda *_: head)
    app = run()
    app.selectbox(key="risk_product en").select("mortgage").run()
    assert not app.exception
    told = " ".join(one.value for one in app.caption)
    assert "About fewer than 5 debtors: kept back." in told
    assert "At risk:" not in told


def test_the_notes_say_the_numbers_of_the_code() -> None:
    notes = " ".join(text for _, text in risk_how.NOTES)
    assert f"fewer than {FEWEST} accounts" in notes
    assert MONTHS == 3
    assert "last three months beside the three before" in notes


def test_a_difference_is_written_with_its_sign() -> None:
    assert [risk_words.signed(one) for one in (0.083, -0.02, 0.001)] == ["+8", "−2", "0"]
