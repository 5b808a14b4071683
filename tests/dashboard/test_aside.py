"""Work steps aside for a newer click that draws it anew, and for nothing else."""

from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from dashboard.screens.aside import somebody_waits, step_aside


def asked(*clicks: RerunData) -> ScriptRequests:
    """What the page has been asked for."""
    requests = ScriptRequests()
    for one in clicks:
        requests.request_rerun(one)
    return requests


def test_nobody_waits_before_a_click() -> None:
    assert not somebody_waits(asked(), "middle")
    assert not somebody_waits(None, "middle")
    step_aside()  # outside of any page


def test_a_click_on_the_fragment_or_on_the_page_waits() -> None:
    assert somebody_waits(asked(RerunData(fragment_id="middle")), "middle")
    assert somebody_waits(asked(RerunData()), "middle")


def test_a_clock_of_another_fragment_does_not() -> None:
    """The other fragment alone would run then, and what was left off would stay away."""
    assert not somebody_waits(asked(RerunData(fragment_id="progress")), "middle")
