"""A real Firefox without a driver program: its own remote protocol (Marionette), as far as the tests need it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("firefox", "firefox-esr")
START_S, ANSWER_S = 60, 60


def found() -> str | None:
    """Give the path of a Firefox on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """One window. Every call is answered before the next."""

    def __init__(self, link: socket.socket) -> None:
        self.link, self.stream, self.number = link, link.makefile("rb"), 0
        self.message()  # the greeting
        self.call("WebDriver:NewSession", {"capabilities": {}})

    def message(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            piece = self.stream.read(1)
            assert piece, "Firefox has hung up"
            length += piece
        return json.loads(self.stream.read(int(length[:-1])))

    def call(self, name: str, values: dict[str, Any] | None = None) -> Any:
        self.number += 1
        text = json.dumps([0, self.number, name, values or {}]).encode()
        self.link.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, result = self.message()
        assert error is None, error
        return result

    def go(self, address: str) -> None:
        self.call("WebDriver:Navigate", {"url": address})

    def run(self, script: str) -> Any:
        return self.call("WebDriver:ExecuteScript", {"script": script, "args": []})["value"]

    def until(self, script: str) -> Any:
        ends = time.monotonic() + ANSWER_S
        while not (value := self.run(f"return {script}")):
            assert time.monotonic() < ends, script
            time.sleep(0.2)
        return value


@contextmanager
def firefox(profile: Path, downloads: Path) -> Iterator[Firefox]:
    """Run Firefox on a profile until the block ends; the network is cut by a proxy that is not there."""
    path = found()
    assert path is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    profile.mkdir(exist_ok=True)
    settings = {
        "marionette.port": port,
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": 9,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": 9,
        "browser.download.dir": str(downloads),
        "browser.download.folderList": 2,
        "browser.download.useDownloadDir": True,
        "browser.download.always_ask_before_handling_new_types": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
    }
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [path, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        fox = Firefox(connected(port))
        yield fox
        fox.call("Marionette:Quit", {"flags": ["eForceQuit"]})  # as a person closes it: what is kept is written
        process.wait(timeout=30)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def connected(port: int) -> socket.socket:
    ends = time.monotonic() + START_S
    while True:
        try:
            link = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S)
        except OSError:
            assert time.monotonic() < ends, "Firefox does not answer"
            time.sleep(0.3)
        else:
            return link
