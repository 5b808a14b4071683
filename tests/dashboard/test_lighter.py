"""What is done once in place of Streamlit's own does the same, and is what Streamlit calls."""

from __future__ import annotations

import inspect

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.watcher import polling_path_watcher

from dashboard.lighter import Remembered, lighten, unwatched

SECTIONS = ("theme", *(f"theme.{one.value}" for one in config.CustomThemeCategories))


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = polling_path_watcher.PollingPathWatcher
    monkeypatch.setattr(app_session, "_populate_theme_msg", own())
    monkeypatch.setattr(watcher, "_check_if_path_changed", watcher._check_if_path_changed)


def own() -> Remembered:
    """Give Streamlit's own function, also where another test of this process started the application."""
    found = app_session._populate_theme_msg
    return getattr(found, "_populate", found)  # type: ignore[no-any-return]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_written_as_streamlit_writes_it(section: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"primaryColor": "#123456", "baseRadius": "4px", "headingFontSizes": ["2rem", "1rem"], "base": "dark"}
    monkeypatch.setattr(config, "get_options_for_section", lambda name: given if name == section else {})
    quick = Remembered(own())
    for one in SECTIONS:
        for _ in range(2):
            theirs, ours = CustomThemeConfig(), CustomThemeConfig()
            own()(theirs.light.sidebar, one)
            quick(ours.light.sidebar, one)
            assert ours == theirs
            assert ours.HasField("light") == theirs.HasField("light") == (one == section)


def test_the_application_starts_lighter_and_streamlit_still_asks_there() -> None:
    assert "_populate_theme_msg(msg.new_session.custom_theme)" in inspect.getsource(app_session)
    assert "self._check_if_path_changed()" in inspect.getsource(polling_path_watcher.PollingPathWatcher)
    lighten()
    lighten()
    assert isinstance(app_session._populate_theme_msg, Remembered)
    assert not isinstance(app_session._populate_theme_msg._populate, Remembered)
    assert polling_path_watcher.PollingPathWatcher._check_if_path_changed is unwatched
