"""Nothing that means something to HTML, a template literal or a script survives on its way to a map."""

import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.maps.escape import escape, script_value, tip
from tests.dashboard.fakes import HOSTILE

TEXT = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(HOSTILE)
ALLOWED_AMPERSAND = re.compile(r"&(?!(amp|lt|gt|#\d+);)")


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_no_sign_of_code_survives_and_the_reader_sees_the_same(text: str) -> None:
    safe = escape(text)
    assert not set(safe) & set("<>\"'`$\\{}\u2028\u2029\n\r")
    assert not ALLOWED_AMPERSAND.search(safe)
    assert html.unescape(safe) == re.sub("[\u2028\u2029\n\r]", " ", text)


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_tooltips_hold_only_tags_of_ours(title: str, name: str, value: str) -> None:
    made = tip(title, [(name, value)], [value])
    assert set(re.findall(r"<[^>]*>", made)) <= {
        "<b>",
        "</b>",
        '<div class="pair">',
        "<span>",
        "</span>",
        "<div>",
        "</div>",
    }
    assert not set(made) & set("`$\\{}")


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(TEXT, TEXT, max_size=4))
def test_script_values_are_inert_and_read_back(value: dict[str, str]) -> None:
    literal = script_value(value)
    assert literal.isascii()
    assert not set(literal) & set("<>&`$")
    assert json.loads(literal) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        script_value({"lon": number})
