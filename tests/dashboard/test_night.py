"""Colours read well by day and by night, charts keep their data's colours, and the config's themes are those."""

import tomllib
from pathlib import Path

import pytest

from dashboard.charts import NIGHT, by_night
from dashboard.theme import BACKGROUND, MUTED, TEXT, contrast

ROOT = Path(__file__).parent.parent.parent
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
TEXT_RATIO, SIGN_RATIO = 4.5, 3.0  # Web Content Accessibility Guidelines 2.2, level AA


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_texts_and_links_can_be_read_on_both_grounds(mode: str) -> None:
    colours = THEME[mode]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        for name in ("textColor", "linkColor"):
            assert contrast(colours[name], colours[ground]) >= TEXT_RATIO, (name, ground)
        assert contrast(colours["primaryColor"], colours[ground]) >= SIGN_RATIO


def test_what_a_chart_says_can_be_read_by_night() -> None:
    assert NIGHT[BACKGROUND] == THEME["dark"]["backgroundColor"]
    for colour in (TEXT, MUTED):
        assert contrast(NIGHT[colour], NIGHT[BACKGROUND]) >= TEXT_RATIO


def test_the_data_keep_their_colours_and_the_rest_is_changed_whatever_its_case() -> None:
    spec = {"layer": [{"mark": {"color": TEXT.lower()}, "data": {"values": [{"fill": TEXT}]}}], "title": "a #1C2430 b"}
    found = by_night(spec)
    assert found["layer"][0]["mark"]["color"] == NIGHT[TEXT]
    assert found["layer"][0]["data"] == {"values": [{"fill": TEXT}]}
    assert found["title"] == spec["title"]


def test_the_frames_own_colours_can_be_read() -> None:
    import re

    css = (ROOT / "dashboard" / "assets" / "week.css").read_text(encoding="utf-8")
    for selector in (":root {", ":root.dark {"):
        line = css[css.index(selector) :].split("}")[0]
        value = {name: full(code) for name, code in re.findall(r"--(\w[\w-]*): (#[0-9a-f]{3,6})", line)}
        for ground in ("ground", "soft"):
            assert contrast(value["text"], value[ground]) >= TEXT_RATIO
        assert contrast(value["muted"], value["ground"]) >= TEXT_RATIO
        assert contrast(value["warn"], value["warn-ground"]) >= TEXT_RATIO
        assert contrast(value["ring"], value["casing"]) >= SIGN_RATIO
        assert contrast(value["accent"], value["ground"]) >= SIGN_RATIO


def full(code: str) -> str:
    """Write a colour with six digits."""
    return code if len(code) == 7 else "#" + "".join(2 * sign for sign in code[1:])


def test_no_style_of_a_screen_has_a_colour_for_the_day_alone() -> None:
    import importlib
    import pkgutil
    import re

    from dashboard import screens

    seen, wrong = 0, []
    for found in pkgutil.iter_modules(screens.__path__):
        style = getattr(importlib.import_module(f"dashboard.screens.{found.name}"), "STYLE", "")
        seen += bool(style)
        for name, value in re.findall(r"(?<!-)((?:background-)?color|border[\w-]*): ([^;}]*)", style):
            if re.search(r"#[0-9A-Fa-f]{3}", re.sub(r"light-dark\([^)]*\)", "", value)):
                wrong.append((found.name, name, value))
    assert seen > 5
    assert wrong == []
