"""The policy fits the installed Streamlit, and every answer carries it."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from streamlit import file_util

from dashboard.policy import COMPONENT, PLAIN, component_policy, headers_for, page_policy, streamlit_page_policy


def directives(policy: str) -> dict[str, set[str]]:
    return {part.split()[0]: set(part.split()[1:]) for part in policy.split(";") if part.strip()}


def test_the_inline_script_of_the_installed_streamlit_and_no_other_may_run() -> None:
    index = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", index, re.S)
    bodies = [body for opening, body in scripts if "src=" not in opening]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in bodies}
    assert len(bodies) == 1
    assert directives(streamlit_page_policy())["script-src"] == {"'self'", *hashes}


@pytest.mark.parametrize("policy", [page_policy([]), PLAIN, COMPONENT])
def test_nothing_comes_from_another_host(policy: str) -> None:
    assert directives(policy)["default-src"] == {"'none'"}
    assert not re.search(r"https?:|\*", policy)


def test_pages_run_no_eval_and_are_not_embedded() -> None:
    for policy in (page_policy(["'sha256-x'"]), PLAIN):
        assert "unsafe-eval" not in policy
        assert "unsafe-inline" not in directives(policy)["script-src"]
        assert directives(policy)["frame-ancestors"] == {"'none'"}


def test_a_map_frame_reaches_nothing_outside_itself() -> None:
    rules = directives(COMPONENT)
    assert rules["sandbox"] == {"allow-scripts"}
    assert rules["connect-src"] == {"'none'"}


def test_pictures_of_one_host_more_and_nothing_else_where_tiles_are_configured() -> None:
    assert component_policy() == COMPONENT
    rules, more = directives(COMPONENT), directives(component_policy("https://tiles.bank.example:8443"))
    assert more["img-src"] == rules["img-src"] | {"https://tiles.bank.example:8443"}
    assert {**more, "img-src": 0} == {**rules, "img-src": 0}
    for path in ("/", "/m", "/assets/x.js", "/component/x/index.html"):
        headers = dict(headers_for(path, pages="p", secure=False, kept=False, frames="F"))
        assert (headers["Content-Security-Policy"] == "F") == path.startswith("/component/")


def test_only_public_files_may_be_kept() -> None:
    def of(path: str, *, kept: bool = False, secure: bool = False) -> dict[str, str]:
        return dict(headers_for(path, pages="p", secure=secure, kept=kept))

    assert of("/")["Cache-Control"] == "no-store"
    assert of("/m/YX01/c/2026-11-24", kept=True)["Cache-Control"] == "no-store"
    assert "Cache-Control" not in of("/assets/rounds/map.js", kept=True)
    assert of("/assets/x.js")["Cache-Control"] == "no-cache"
    assert of("/media/x")["Content-Security-Policy"] == "p"
    assert "Strict-Transport-Security" not in of("/")
    assert "Strict-Transport-Security" in of("/", secure=True)
    assert of("/")["X-Content-Type-Options"] == "nosniff"
