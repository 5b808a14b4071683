"""Which machines have the road engine, and what is said where they have not."""

from __future__ import annotations

import platform
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.roads import RoadFailure
from geodata.roads.executables import REQUIREMENTS, install, main, why_no_wheel
from geodata.roads.osrm_files import NEEDED, executable, installed


def machine(monkeypatch: pytest.MonkeyPatch, system: str, name: str, libc: str = "2.36", mac: str = "15.1") -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: name)
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", libc) if libc else ("", ""))
    monkeypatch.setattr(platform, "mac_ver", lambda: (mac, ("", "", ""), name))


@pytest.mark.parametrize(
    ("system", "name", "libc", "mac"),
    [
        ("Linux", "x86_64", "2.28", ""),
        ("Linux", "aarch64", "2.36", ""),
        ("Linux", "arm64", "2.36", ""),
        ("Darwin", "arm64", "", "15.0"),
    ],
)
def test_machines_with_the_engine(monkeypatch: pytest.MonkeyPatch, system: str, name: str, libc: str, mac: str) -> None:
    machine(monkeypatch, system, name, libc, mac)
    assert why_no_wheel() is None


@pytest.mark.parametrize(
    ("system", "name", "libc", "mac", "reason"),
    [
        ("Windows", "AMD64", "", "", "Windows on x86_64"),
        ("Darwin", "x86_64", "", "15.1", "Darwin on x86_64"),
        ("Darwin", "arm64", "", "14.6", "macOS 15"),
        ("Linux", "x86_64", "2.17", "", "glibc 2.28 or newer, here is glibc 2.17"),
        ("Linux", "x86_64", "", "", "another C library"),
        ("Linux", "riscv64", "2.36", "", "riscv64"),
    ],
)
def test_machines_without_it_are_told_what_happens_instead(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str, name: str, libc: str, mac: str, reason: str
) -> None:
    machine(monkeypatch, system, name, libc, mac)
    said = install(tmp_path / "osrm")
    assert reason in said
    assert "straight-line estimates" in said
    assert said.count("\n") == 0
    assert (tmp_path / "osrm").is_dir()
    assert not installed(tmp_path / "osrm")


def test_three_wheels_are_pinned_by_hash_and_no_address() -> None:
    text = REQUIREMENTS.read_text()
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) == 3
    assert "://" not in text


def test_what_is_there_is_not_brought_again(executables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("pip was called")

    monkeypatch.setattr(subprocess, "run", never)
    assert install(executables) == "The road engine is there already."
    for name in NEEDED:
        assert executable(executables, name).stat().st_mode & stat.S_IXUSR


def test_pip_that_fails_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if why_no_wheel() is not None:
        pytest.skip("no wheel for this machine")
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: no connection\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(RoadFailure, match=r"no connection.*repeat the command") as caught:
        install(tmp_path)
    assert caught.value.try_again
    assert not list(tmp_path.iterdir())
    assert main([str(tmp_path)]) == 1


def test_the_command_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err


def test_the_command_runs_as_make_calls_it(executables: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "geodata.roads.executables", str(executables)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REQUIREMENTS.parent, check=True)
    assert done.stdout == "The road engine is there already.\n"
    assert done.stderr == ""


def test_a_missing_executable_is_named(tmp_path: Path) -> None:
    with pytest.raises(RoadFailure, match="osrm-routed is not in"):
        executable(tmp_path, "osrm-routed")
