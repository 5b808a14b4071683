"""The map's packages: pinned, complete, copied exactly, skipped when done, and a failure says what to do."""

import json
import re
import shutil
from pathlib import Path

import pytest

from dashboard import vendor
from tests.dashboard.fakes import ROOT


def test_every_package_is_pinned_by_hash_and_names_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages
    assert all(facts["integrity"].startswith("sha512-") for facts in packages.values())
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()
    assert "--hash=sha256:" in (ROOT / "requirements-node.txt").read_text()


def test_what_is_copied_comes_from_pinned_packages() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert {name.split("/")[0] for name in vendor.FILES} == set(wanted)


def test_the_stylesheets_need_no_file_that_is_not_served() -> None:
    folder = ROOT / "static" / "vendor" / "leaflet"
    if not folder.is_dir():
        pytest.fail("the map's packages are missing: run make setup")
    wanted = set(re.findall(r"url\((images/[\w.-]+)\)", (folder / "leaflet.css").read_text()))
    # The default pin: every marker of ours has an icon of its own.
    assert {name for name in wanted if not (folder / name).is_file()} <= {"images/marker-icon.png"}


def a_project(folder: Path) -> Path:
    for name in vendor.PINNED:
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_done_is_skipped_and_a_change_of_the_lock_file_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = a_project(tmp_path)
    runs = []

    def install(command: list[str], folder: Path, what: str) -> None:
        runs.append(command)
        for name in vendor.FILES:
            (folder / "node_modules" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "node_modules" / name).write_text(name)

    monkeypatch.setattr(vendor, "run", install)
    monkeypatch.setattr(vendor, "npm", lambda root: ["npm"])
    assert vendor.bring(root)
    assert not vendor.bring(root)
    assert runs == [["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]]
    copied = {str(p.relative_to(root / "static/vendor")) for p in (root / "static/vendor").rglob("*") if p.is_file()}
    assert copied == {*vendor.FILES.values(), "done"}
    (root / "package-lock.json").write_text("{}")
    assert vendor.bring(root)


def test_a_failing_step_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(vendor.VendorFailure, match="registry is reachable"):
        vendor.run(["sh", "-c", "echo no network >&2; exit 1"], tmp_path, "The map assets")


def test_a_package_without_its_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(vendor.VendorFailure, match=r"leaflet\.js"):
        vendor.copy(tmp_path / "node_modules", tmp_path / "vendor")
