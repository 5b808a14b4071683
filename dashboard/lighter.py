"""What Streamlit does again and again and need do once: the settings of this process do not change while it runs.

With thirty people at work a quarter of all that the interpreter did was this, most of it between their messages, where
all of them wait (docs/decisions/0038). Each part is put in the place of Streamlit's own; where a newer release has it
no more, starting fails, and the test beside says which.
"""

from __future__ import annotations

from collections.abc import Callable

from streamlit.proto.NewSession_pb2 import CustomThemeConfig

#: writes a section of the theme into a message
Populate = Callable[..., None]


def lighten() -> None:
    """Put the lighter parts in place; twice does no harm."""
    from streamlit.runtime import app_session
    from streamlit.watcher.polling_path_watcher import PollingPathWatcher

    populate = app_session._populate_theme_msg
    if not isinstance(populate, Remembered):
        app_session._populate_theme_msg = Remembered(populate)
    # Five times a second it looked whether a settings file is another one; ours are read at the start.
    PollingPathWatcher._check_if_path_changed = unwatched  # type: ignore[method-assign, assignment]


class Remembered:
    """Writes the theme as it was first written: Streamlit reads 500 settings for each section, six times a click."""

    def __init__(self, populate: Populate) -> None:
        self._populate, self._kept = populate, dict[str, CustomThemeConfig]()

    def __call__(self, msg: CustomThemeConfig, section: str = "theme") -> None:
        """Write a section into a message."""
        kept = self._kept.get(section)
        if kept is None:
            kept = CustomThemeConfig()
            self._populate(kept, section)
            self._kept[section] = kept
        if kept.ByteSize():  # merging nothing would still say that the section is there
            msg.MergeFrom(kept)


def unwatched(_watcher: object) -> None:
    """Look at no file, and not again."""
