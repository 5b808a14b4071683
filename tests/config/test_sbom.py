"""The bill of materials names every locked package, and no lock lets one in unchecked."""

from __future__ import annotations

import json
import re

import pytest

from config.sbom import NPM, PINNED, PYTHON, ROOT, bill

MADE = bill(ROOT)
BY_PURL = {one["purl"]: one for one in MADE["components"]}


def entries(name: str) -> list[str]:
    """Give the lines of a lock file, each with what continues it."""
    text = re.sub(r"\\\n", " ", (ROOT / name).read_text(encoding="utf-8"))
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", sorted(PYTHON))
def test_every_locked_package_is_pinned_and_hashed(name: str) -> None:
    found = entries(name)
    assert found
    for line in found:
        assert PINNED.match(line), line
        assert re.search(r"--hash=sha(256|512):[0-9a-f]{64}", line), line
        assert "://" not in line, line


def test_every_package_of_npm_has_its_integrity() -> None:
    locked = json.loads((ROOT / NPM).read_text(encoding="utf-8"))["packages"]
    for path, one in locked.items():
        assert not path or one["integrity"].startswith("sha512-"), path
        assert "resolved" not in one, path


def test_no_lock_is_forgotten() -> None:
    assert {file.name for file in ROOT.glob("requirements*.txt")} == set(PYTHON)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if "install" in line and "-r requirements" in line]
    assert installs
    assert all("--require-hashes" in line and "--only-binary=:all:" in line for line in installs)


def test_the_bill_names_every_package_with_its_hashes() -> None:
    wanted = {
        f"pkg:pypi/{re.sub('[-_.]+', '-', pin[1]).lower()}@{pin[2]}"
        for name in PYTHON
        for pin in map(PINNED.match, entries(name))
        if pin
    }
    assert wanted
    assert wanted <= BY_PURL.keys()
    assert any(purl.startswith("pkg:npm/leaflet@") for purl in BY_PURL)
    for one in MADE["components"]:
        assert one["hashes"], one["purl"]
        for each in one["hashes"]:
            assert len(each["content"]) == {"SHA-256": 64, "SHA-384": 96, "SHA-512": 128}[each["alg"]]


def test_the_bill_is_cyclonedx_and_the_same_each_time() -> None:
    assert (MADE["bomFormat"], MADE["specVersion"], MADE["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", MADE["serialNumber"])
    assert len(BY_PURL) == len(MADE["components"])
    assert {one["scope"] for one in MADE["components"]} == {"required", "optional", "excluded"}
    assert BY_PURL[next(purl for purl in BY_PURL if purl.startswith("pkg:pypi/streamlit@"))]["scope"] == "required"
    assert BY_PURL[next(purl for purl in BY_PURL if purl.startswith("pkg:pypi/distributed@"))]["scope"] == "optional"
    assert bill(ROOT) == MADE
