"""Column profiles: all load, extend each other, and refuse by name what they do not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.profiles import UnknownProfile, load_profile, load_profiles, profile_names
from planner.intake.headings import key
from planner.intake.profile import profile_from


def test_all_profiles_load_and_survive_the_way_to_the_child() -> None:
    assert profile_names() == ("auto", "cn_case_export", "in_dpd")
    for profile in load_profiles().values():
        assert profile_from(profile.as_dict()) == profile


@pytest.mark.parametrize("name", profile_names())
def test_no_heading_and_no_word_means_two_things(name: str) -> None:
    profile = load_profile(name)
    headings = [key(one) for words in profile.columns.values() for one in dict.fromkeys(map(key, words))]
    assert len(headings) == len(set(headings))
    for choices in profile.values.values():
        words = [one for own in choices.values() for one in set(map(key, own))]
        assert len(words) == len(set(words))


def test_a_profile_adds_to_the_one_it_extends() -> None:
    base, own = load_profile("auto"), load_profile("cn_case_export")
    assert own.columns["overdue"][0] == "委案金额"
    assert set(base.columns["overdue"]) == set(own.columns["overdue"])
    assert (own.datum, base.datum) == ("gcj02", "ask")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "own"\ncolour = "red"', "colour"),
        ('name = "own"\ndate_order = "any"', "date_order"),
        ('name = "own"\n[columns]\nshoe = ["x"]', "shoe"),
        ('name = "other"', "calls itself"),
        ('name = "own"\nextends = "own"', "circle"),
        ("name = ", "TOML"),
    ],
)
def test_a_bad_profile_is_refused_by_name(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        load_profile("own", tmp_path)
    with pytest.raises(UnknownProfile, match="own"):
        load_profile("none", tmp_path)
