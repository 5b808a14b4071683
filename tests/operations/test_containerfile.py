"""The container file against the program's own settings, routes and folders. It is read here, not built: that needs a
daemon, which tests may not count on.
"""

from __future__ import annotations

import json
import re
import shlex
from urllib.parse import urlsplit

from config.settings import load_settings
from dashboard.application import plain_routes
from tests.dashboard.fakes import ROOT

TEXT = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text(encoding="utf-8"))
LINES = [line.strip() for line in TEXT.splitlines() if line.strip() and not line.startswith("#")]
STAGES = " ".join(LINES).count("FROM ")
FIRST = LINES[: max(n for n, line in enumerate(LINES) if line.startswith("FROM "))]
LAST = LINES[max(n for n, line in enumerate(LINES) if line.startswith("FROM ")) :]


def of(word: str, lines: list[str] = LINES) -> list[str]:
    """Give what follows an instruction."""
    return [line.removeprefix(word).strip() for line in lines if line.startswith(f"{word} ")]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in of("ENV", LAST) for pair in shlex.split(line))


def command() -> list[str]:
    (found,) = of("CMD", LAST)
    return [str(part) for part in json.loads(found)]


def test_nothing_runs_as_root() -> None:
    (user,) = of("USER", LAST)
    uid, _, gid = user.partition(":")
    assert int(uid) >= 1000, "a number, so that a cluster can see that it is not root"
    assert int(gid) >= 1000
    # Nothing after it becomes root again, and nothing before it is left to the user but his data.
    assert not [line for line in LAST[LAST.index(f"USER {user}") :] if line.startswith(("RUN", "USER root", "COPY"))]
    assert "sudo" not in TEXT
    assert "setuid" not in TEXT


def test_the_program_is_not_the_users_own() -> None:
    owned = re.findall(r"chown -R \S+ ([^&]+)", " && ".join(of("RUN", LAST)))
    folders = {folder for line in owned for folder in line.split()}
    (volumes,) = of("VOLUME", LAST)
    assert folders | {"/data"} == set(json.loads(volumes)), "what can be written is a volume, the rest may be read only"
    for folder in folders:
        assert re.fullmatch(r"/app/(static/basemap|planner/routing/(compiled|bound)/__pycache__)", folder)
    assert "COPY --from=build /app /app" in LAST


def test_its_settings_are_settings() -> None:
    given = {name: value for name, value in environment().items() if name.startswith("ROUNDS_")}
    settings = load_settings(ROOT, given)
    assert str(settings.paths.var) == "/data"
    assert settings.log_format == "json"
    assert not [name for name in environment() if re.search("TOKEN|PASSWORD|SECRET|DATABASE", name)]


def test_it_starts_listens_and_is_asked_where_the_settings_say() -> None:
    settings = load_settings(ROOT, {k: v for k, v in environment().items() if k.startswith("ROUNDS_")})
    assert f"--server.port={settings.port}" in command()
    assert f"--server.address={settings.host}" in command()
    assert command()[3] == "run"
    assert (ROOT / command()[4]).is_file()
    assert of("EXPOSE", LAST) == [str(settings.port)]
    (health,) = of("HEALTHCHECK", LAST)
    address = urlsplit(re.search(r"http://[^'\"]+", health)[0])  # type: ignore[index]
    assert (address.hostname, address.port) == (settings.host, settings.port)
    routes = plain_routes(lambda: None)  # type: ignore[arg-type,return-value]
    assert address.path in {route.path for route in routes}  # type: ignore[attr-defined]
    assert of("STOPSIGNAL", LAST) == ["SIGTERM"]


def test_packages_come_pinned_and_checked() -> None:
    assert STAGES == 2
    # The base is one for both, and may be named by its bytes when it is built.
    assert re.findall(r"FROM (\S+)", " ".join(LINES)) == ["${BASE}"] * 2
    assert LINES[0].startswith("ARG BASE="), "said before the first stage, so that it counts for both"
    assert re.fullmatch(r"python:3\.\d+-slim-\w+(@sha256:[0-9a-f]{64})?", LINES[0].removeprefix("ARG BASE="))
    installs = re.findall(r"pip install ([^&]+)", " ".join(LINES))
    assert installs
    assert all("--require-hashes" in one and "--only-binary=:all:" in one for one in installs)
    assert "ADD " not in " ".join(LINES)
    assert "curl" not in TEXT


def test_all_that_it_copies_is_there_and_nothing_of_the_desk() -> None:
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").split()
    assert {"var", ".venv", ".git", "static", "*.sqlite*"} <= set(ignored)
    copied = [part for line in of("COPY") if "--from" not in line for part in line.split()[:-1]]
    assert {"app.py", "config", "dashboard", "geodata", "planner", ".streamlit"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name not in ignored


def test_nothing_that_built_it_is_left() -> None:
    brought = re.findall(r"^([\w.-]+)==", (ROOT / "requirements-node.txt").read_text(encoding="utf-8"), re.MULTILINE)
    (tools,) = [line for line in of("RUN", FIRST) if "dashboard.vendor" in line]
    steps = [step.strip() for step in tools.split("&&")]
    (gone,) = [step for step in steps if " pip uninstall " in step]
    assert {*brought, "pip"} <= set(gone.split())
    assert steps.index(gone) > max(n for n, step in enumerate(steps) if " -m " in step and step != gone)
    assert "rm -rf node_modules" in steps
    (last,) = [line for line in of("RUN", LAST) if " pip uninstall " in line]
    assert "pip" in last[last.index(" pip uninstall ") + len(" pip uninstall ") :].split()
    for word in ("apt", "gcc", "pip install", "npm", "make "):
        assert word not in " ".join(LAST), word


def test_no_program_lends_the_rights_of_its_owner() -> None:
    (step,) = [step.strip() for line in of("RUN", LAST) for step in line.split("&&") if "/6000" in step]
    assert step == "find / -xdev -type f -perm /6000 -exec chmod a-s {} +"
    assert LAST.index(next(line for line in LAST if "/6000" in line)) < LAST.index(f"USER {of('USER', LAST)[0]}")


def test_it_is_run_as_the_docs_say() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (run,) = re.findall(r"podman run -d (.*?)\n```", text.replace("\\\n", " "), re.DOTALL)
    said = run.split()
    (volumes,) = of("VOLUME", LAST)
    kept = [said[n + 1].split(":")[1] for n, word in enumerate(said) if word == "-v"]
    assert sorted(kept) == sorted(json.loads(volumes)), "with a root that is read only, each folder that is written"
    assert said[said.index("--tmpfs") + 1].split(":")[0] == environment()["HOME"] == "/tmp"
    assert {"--read-only", "--cap-drop", "no-new-privileges"} <= set(said)
    assert "--format docker" in text, "the other format knows no HEALTHCHECK"
