"""Long work at the end of a run steps aside for whoever clicks meanwhile.

Streamlit lets a run of a fragment end before it looks at the next click on it. Work of a second would keep that click
waiting as long; so it asks between its steps whether somebody waits, and leaves off. The newer run does it again.
"""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState


class SteppedAside(Exception):
    """Somebody clicked meanwhile: this run's work is not wanted any more."""


def step_aside() -> None:
    """Leave off where a newer click waits.

    Raises
    ------
    SteppedAside
        If one does.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and somebody_waits(context.script_requests, ThreadState.get().fragment_id):
        raise SteppedAside


def somebody_waits(requests: ScriptRequests | None, fragment: str | None) -> bool:
    """Say whether a run has been asked for that draws this fragment anew; one of another fragment alone does not.

    Streamlit does not tell in public; where it keeps this otherwise, nobody is thought to wait.
    """
    if getattr(requests, "_state", None) is not ScriptRequestType.RERUN:
        return False
    asked: list[str] = getattr(getattr(requests, "_rerun_data", None), "fragment_id_queue", [])
    return not asked or fragment in asked
