"""Whatever is logged, by whomever: no word of data comes out. A control shows that without the redaction it would."""

from __future__ import annotations

import ast
import importlib
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import logs

ROOT = Path(__file__).parent.parent.parent
#: put together while the test runs: what stands in a source file may be told
CANARY = "-".join(("kanari", "蔡明远", "13900001234", "510104198001012345"))
FOLDERS = ("app.py", "config", "dashboard", "planner", "geodata")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Install the log in this process for one test; gives what it writes."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.getLogRecordFactory(), warnings.showwarning
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(logs, "adopt", lambda: None)
    out = io.StringIO()
    logs.install("debug", "json", stream=out)
    yield out
    logging.captureWarnings(False)
    root.handlers[:], factory = before[0], before[2]
    root.setLevel(before[1])
    logging.setLogRecordFactory(factory)
    warnings.showwarning = before[3]


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def everything(text: str) -> None:
    """Log a text in every way there is."""
    log = logging.getLogger("planner.some")
    log.info("a constant message with %s in it", text)
    log.info(f"a message about {text}")
    log.info(text)
    log.info("named", extra=dict.fromkeys((*logs.FIELDS, "debtor", "text"), text))
    log.info("counted", extra={name: int("9" + "".join(filter(str.isdigit, text)).zfill(10)) for name in logs.FIELDS})
    log.info("typed", extra={"kind": text, "role": text, "state": text})
    warnings.warn(text, stacklevel=1)
    try:
        raise ValueError(text)
    except ValueError as error:
        log.exception("it failed")
        try:
            raise RuntimeError(f"because of {text}") from error
        except RuntimeError:
            log.error("it failed again", exc_info=True, stack_info=True)
    thread = threading.Thread(target=lambda: {}[text], name=text)
    thread.start()
    thread.join()


def test_none_of_a_text_comes_out(written: io.StringIO) -> None:
    everything(CANARY)
    told = written.getvalue()
    assert all(part not in told for part in (CANARY, *CANARY.split("-")))
    assert all(part.encode("unicode_escape").decode() not in told for part in CANARY.split("-"))
    events = [one["event"] for one in lines(written)]
    assert "a constant message with %s in it" in events
    assert "it failed" in events
    assert logs.WITHHELD in events


def test_nor_by_a_handler_of_somebody_else(written: io.StringIO) -> None:
    other = io.StringIO()
    handler = logging.StreamHandler(other)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s %(args)s %(exc_info)s"))
    logger = logging.getLogger("planner.some")
    logger.addHandler(handler)
    try:
        everything(CANARY)
    finally:
        logger.removeHandler(handler)
    assert "it failed" in other.getvalue()
    assert not any(part in other.getvalue() for part in CANARY.split("-"))


def test_the_control_without_the_redaction_it_would(written: io.StringIO) -> None:
    logging.setLogRecordFactory(logging.LogRecord)
    everything(CANARY)
    assert "13900001234" in written.getvalue()


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=8, max_size=40)


@settings(max_examples=60, deadline=None)
@given(text=WORDS, field=st.sampled_from([*logs.FIELDS, "debtor", "phone"]), form=st.sampled_from(logs.FORMS))
def test_a_text_in_a_field_does_not_pass(text: str, field: str, form: str) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.Lines(form))
    plain = logs.safe_record("x", logging.ERROR, __file__, 1, "%s", (text,), (ValueError, ValueError(text), None), "f")
    plain.__dict__[field] = text
    handler.emit(plain)
    if logs.RANDOM.fullmatch(text) is None and text not in logs.WORDS.get(field, ()):
        assert text not in out.getvalue()
        assert json.dumps(text)[1:-1] not in out.getvalue()


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("status", 404, 404),
        ("ms", 12.3456, 12.346),
        ("count", 13900001234, None),
        ("count", "12", None),
        ("count", True, None),
        ("kind", ValueError, "ValueError"),
        ("kind", "蔡明远", None),
        ("state", Colour.RED, "red"),
        ("role", "manager", None),
        ("request", "684de41366d04aa4bf8695a06e311c35", "684de41366d04aa4bf8695a06e311c35"),
        ("job", "684de413-66d0-4aa4-bf86-95a06e311c35", "684de413-66d0-4aa4-bf86-95a06e311c35"),
        ("job", "510104198001012345", None),
        ("method", "GET", "GET"),
        ("method", "BREW", None),
        ("route", "/m/YX01", None),
    ],
)
def test_fields_pass_by_their_own_check(field: str, value: object, told: object) -> None:
    assert logs.FIELDS[field](value) == told


def test_a_fault_is_told_with_kinds_and_places(written: io.StringIO) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        logging.getLogger("rounds").exception("it broke")
    one = lines(written)[-1]
    assert one["stack"][0] == "RuntimeError"
    assert "after KeyError" in one["stack"]
    assert one["stack"][1].startswith("tests/config/test_logs.py:")
    assert one["place"].startswith("tests/config/test_logs.py:")


def test_a_line_for_a_reader_says_the_same(written: io.StringIO) -> None:
    logging.getLogger().handlers[0].setFormatter(logs.Lines("text"))
    logging.getLogger("rounds").warning("slow", extra={"ms": 12.0, "debtor": CANARY})
    assert "warning rounds: slow  ms=12.0 place=tests/config/test_logs.py:" in written.getvalue()


def test_a_process_that_dies_of_a_fault_says_nothing_of_it() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); from config import logs; logs.install('info', 'json')\n"
        f"def fall(who):\n    raise ValueError(who)\nfall({CANARY!r})\n"
    )
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "13900001234" not in ended.stderr + ended.stdout
    assert json.loads(ended.stderr)["stack"][0] == "ValueError"


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Give every call of a logger in the program."""
    names = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    files = [ROOT / "app.py", *(file for folder in FOLDERS[1:] for file in (ROOT / folder).rglob("*.py"))]
    for file in files:
        text = file.read_text(encoding="utf-8")
        if "getLogger" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                owner = ast.unparse(node.func.value)
                if owner == "LOG" or "getLogger" in owner:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def test_our_own_calls_say_a_constant_and_named_fields() -> None:
    found = list(calls())
    assert len(found) >= 12
    for where, call in found:
        at = 1 if call.func.attr == "log" else 0  # type: ignore[attr-defined]
        assert isinstance(call.args[at], ast.Constant), where
        assert len(call.args) == at + 1, f"{where}: what a message is filled with is never told; name it in extra"
        for extra in (one.value for one in call.keywords if one.arg == "extra"):
            if isinstance(extra, ast.Dict):
                keys = {key.value for key in extra.keys if isinstance(key, ast.Constant)}
                assert keys <= logs.FIELDS.keys(), where


def test_what_others_warn_of_without_harm_is_not_told_and_all_else_is() -> None:
    def told(name: str, message: str) -> bool:
        return logs.worth_telling(logging.LogRecord(name, logging.WARNING, __file__, 1, message, (), None))

    source = Path(str(importlib.import_module("streamlit.runtime.caching.cache_data_api").__file__))
    for name, message in logs.HARMLESS:
        assert not told(name, message)
        assert told(name, "another message")
        assert told("another.logger", message)
        assert message in source.read_text(encoding="utf-8"), "Streamlit says it otherwise now"


def test_the_maps_component_is_made_known_without_a_warning_that_still_tells_of_faults_elsewhere() -> None:
    from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

    from dashboard.application import outside_a_page

    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(str(record.msg))  # type: ignore[method-assign]
    warner = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    warner.addHandler(handler)
    try:
        with outside_a_page():
            get_script_run_ctx()
        assert heard == []
        get_script_run_ctx()
        assert any("ScriptRunContext" in one for one in heard)
    finally:
        warner.removeHandler(handler)
