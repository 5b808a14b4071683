from __future__ import annotations

from pathlib import Path

import pytest

from config.rules import packs
from config.safety import FILE, MINUTES, load_safety
from config.strict import BadConfig


def test_every_number_is_dated_and_has_a_reason_and_every_pack_a_number_to_call() -> None:
    terms = load_safety()
    every = [*(getattr(terms, name) for name in MINUTES), *(n.number for pack in terms.numbers.values() for n in pack)]
    assert all(one.article and one.confidence in "HML" for one in every)
    assert set(packs()) <= set(terms.numbers)
    assert (terms.numbers["CN"][0].number.value, terms.numbers["IN"][0].number.value) == ("110", "112")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rounds-safety/1", "rounds-safety/9", "format"),
        ("check_in_min = { value = 30", "check_in_min = { value = 0", "not positive"),
        ("more_min = {", "less_min = {", "less_min"),
        ('value = "110"', 'value = "call us"', "dialled"),
        ('confidence = "M" }', 'confidence = "X" }', "confidence"),
    ],
)
def test_a_wrong_file_is_refused_by_the_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "safety.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadConfig, match=message):
        load_safety(path)
