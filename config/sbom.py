"""What the product is made of, from its lock files, as CycloneDX 1.6: ``make sbom``.

Nothing is downloaded and nothing installed is asked, so the list is what the locks say: each package with its version,
its address among packages (purl) and the hashes against which it is checked when it is installed. The same locks give
the same bytes.

References
----------
CycloneDX 1.6 (ECMA-424); package URL specification.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parent.parent
#: lock files of Python's packages, with what they are for
PYTHON = {
    "requirements.txt": "required",
    "requirements-osrm.txt": "required",
    "requirements-bank.txt": "optional",
    "requirements-node.txt": "excluded",
    "requirements-dev.txt": "excluded",
}
NPM = "package-lock.json"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
HASH = re.compile(r"--hash=(sha256|sha512):([0-9a-f]+)")
ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}

Component = dict[str, Any]


def of_requirements(text: str, scope: str) -> Iterator[Component]:
    """Give the packages of a hashed lock file of pip's."""
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text):
        pinned = PINNED.match(entry)
        if pinned:
            name = re.sub(r"[-_.]+", "-", pinned[1]).lower()
            hashes = [{"alg": ALGORITHMS[kind], "content": value} for kind, value in HASH.findall(entry)]
            yield component(name, pinned[2], f"pkg:pypi/{name}@{pinned[2]}", scope, hashes)


def of_npm(text: str) -> Iterator[Component]:
    """Give the packages of npm's lock file."""
    for path, one in json.loads(text)["packages"].items():
        if path:
            name = path.rpartition("node_modules/")[2]
            kind, _, value = str(one["integrity"]).partition("-")
            hashes = [{"alg": ALGORITHMS[kind], "content": base64.b64decode(value).hex()}]
            licence = [{"expression": one["license"]}] if "license" in one else []
            made = component(name, one["version"], f"pkg:npm/{quote(name)}@{one['version']}", "required", hashes)
            yield {**made, "licenses": licence} if licence else made


def component(name: str, version: str, purl: str, scope: str, hashes: Sequence[dict[str, str]]) -> Component:
    """Give one package."""
    found = {"type": "library", "bom-ref": purl, "name": name, "version": version, "scope": scope, "purl": purl}
    return {**found, "hashes": sorted(hashes, key=lambda one: one["content"])} if hashes else found


def bill(root: Path) -> dict[str, Any]:
    """Give the bill of materials of a folder with the lock files.

    A package that is locked twice stands once, as needed at run time where one of its locks says so.
    """
    found: dict[str, Component] = {}
    for name, scope in PYTHON.items():
        for one in of_requirements((root / name).read_text(encoding="utf-8"), scope):
            found.setdefault(one["purl"], one)
    for one in of_npm((root / NPM).read_text(encoding="utf-8")):
        found.setdefault(one["purl"], one)
    components = [found[purl] for purl in sorted(found)]
    serial = uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "rounds", "name": "rounds"}},
        "components": components,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(ROOT), indent=1) + "\n")
