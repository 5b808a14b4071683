"""The proxy of deploy/nginx.conf: read against the program's settings and routes, and run before two replicas that are
made up."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

import httpx
import pytest

from benchmarks.proxy import CONF, PUBLIC, placed, program, proxied, trusting
from dashboard.application import plain_routes
from dashboard.gate import is_used
from dashboard.phone.answers import MOST_BYTES
from dashboard.screens.overdue_load import MOST_BYTES as LIST
from tests.dashboard.fakes import ROOT
from tests.operations.nginx_conf import Directive, read

HTTP = read(CONF.read_text(encoding="utf-8")).one("http")
SERVER = next(one for one in HTTP.all("server") if one.all("ssl_certificate"))
LOCATIONS = {tuple(one.words): one for one in SERVER.all("location")}
STREAMLIT = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["server"]
UNITS = {"k": 1024, "m": 1024**2, "s": 1}


def amount(of: Directive, name: str) -> int:
    (text,) = of.one(name).words
    return int(text[:-1]) * UNITS[text[-1]]


def test_a_list_as_large_as_the_program_takes_passes_and_nothing_larger() -> None:
    (upload,) = (one for one in LOCATIONS if one[0].startswith("/_stcore"))
    assert is_used(upload[0] + "x")
    assert STREAMLIT["maxUploadSize"] * 1024**2 == LIST
    assert amount(LOCATIONS[upload], "client_max_body_size") == LIST + 1024**2
    assert MOST_BYTES < amount(SERVER, "client_max_body_size") < 10 * MOST_BYTES


def test_an_open_page_outlives_its_pings() -> None:
    assert amount(SERVER, "proxy_read_timeout") > 2 * STREAMLIT["websocketPingInterval"]


def test_what_tells_how_the_program_does_is_not_told_outside() -> None:
    routes = {str(getattr(one, "path", "")) for one in plain_routes(lambda: None)}  # type: ignore[arg-type,return-value]
    for path in ("/health", "/ready", "/metrics"):
        assert path in routes
        assert LOCATIONS["=", path].one("return").words == ["404"]
    assert "/login" in routes
    assert "/login/bank" in routes
    limited = {tuple(one.name.split()) for one in HTTP.all("map")[-1].inside if one.words != [""]}
    assert limited == {("POST", "/login"), ("GET", "/login/bank")}


def test_the_gate_hears_who_is_asked_for_and_that_a_proxy_stands_before_it() -> None:
    said = {one.words[0]: one.words[1] for one in SERVER.all("proxy_set_header")}
    assert said["Host"] == "$http_host"
    assert said["X-Forwarded-For"] == "$remote_addr", "what a browser says of itself is not passed on"
    # A location with headers of its own would drop these.
    assert not [one for place in LOCATIONS.values() for one in place.every("proxy_set_header")]
    assert not [one for place in LOCATIONS.values() for one in place.every("add_header")]


def test_each_replica_has_the_other_one_behind_it() -> None:
    found = {one.words[0]: [server.words for server in one.all("server")] for one in HTTP.all("upstream")}
    ways = {one.name: one.words[0] for one in HTTP.all("map")[0].inside}
    assert set(found) == set(ways.values())
    both = [server[0] for server in found[ways["default"]]]
    assert len(set(both)) == 2
    assert [found[ways[name]][0][0] for name in ("a", "b")] == both
    for name in ("a", "b"):
        assert found[ways[name]][1] == [next(one for one in both if one != found[ways[name]][0][0]), "backup"]


def test_nothing_that_a_browser_sent_is_kept() -> None:
    assert HTTP.one("access_log").words == ["off"]
    assert HTTP.one("proxy_max_temp_file_size").words == ["0"]
    assert read(CONF.read_text(encoding="utf-8")).one("error_log").words[-1] == "crit"


@pytest.fixture
def nginx() -> str:
    found = program()
    if found:
        return found
    if Path("/etc/debian_version").exists():
        pytest.fail("nginx is not installed (apt install nginx-light), and on Debian the tests do not go on without it")
    pytest.skip("nginx is not installed: the proxy's conf is only read, not run (macOS: brew install nginx)")


def test_nginx_takes_the_conf(nginx: str, tmp_path: Path) -> None:
    conf = tmp_path / "nginx.conf"
    conf.write_text(placed(CONF.read_text(encoding="utf-8"), tmp_path, 8443, ("127.0.0.1:1", "127.0.0.1:2")))
    command = [nginx, "-t", "-p", str(tmp_path), "-c", str(conf)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A folder with a name short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="rounds-", dir="/tmp") as folder:
        yield Path(folder)


@contextmanager
def replica(path: Path) -> Iterator[None]:
    """Run a replica at a socket; it says the socket's name and what it was asked."""

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = f"{path.name}\n{self.headers}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingUnixStreamServer(str(path), Says)
    path.chmod(0o666)  # the proxy's own processes have fewer rights where the tests are root's
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        path.unlink()
        thread.join()


def test_a_browser_stays_where_it_is_and_changes_when_that_is_gone(nginx: str, tmp_path: Path, sockets: Path) -> None:
    sockets.chmod(0o755)
    a, b = sockets / "a", sockets / "b"
    with proxied(tmp_path, (f"unix:{a}", f"unix:{b}")) as port:
        trust, base = trusting(tmp_path), f"https://localhost:{port}"
        with httpx.Client(verify=trust, base_url=base) as browser:
            with replica(a), replica(b):
                first = browser.get("/week").text[0]
                assert browser.cookies["rounds_replica"] == first
                assert {browser.get("/week").text[0] for _ in range(6)} == {first}
                spread = {httpx.get(f"{base}/", verify=trust).text[0] for _ in range(6)}
                assert spread == {"a", "b"}, "who comes new is spread over both"
                told = browser.get("/", headers={"X-Forwarded-For": "6.6.6.6"}).text
                assert "X-Forwarded-For: 127.0.0.1" in told
                assert f"Host: localhost:{port}" in told
            was, other = (a, b) if first == "a" else (b, a)
            with replica(other):
                # Nothing was sent to who is gone, so even what must not be sent twice goes to the other one.
                assert browser.post("/m/api", content=b"{}").text[0] == other.name
                with replica(was):
                    assert {browser.get("/week").text[0] for _ in range(6)} == {other.name}, "it stays where it went"
                    assert browser.post("/", content=bytes(65 * 1024)).status_code == 413
                    assert browser.post("/_stcore/upload_file/x", content=bytes(20 * 1024**2)).status_code == 200
                    assert browser.get("/ready").status_code == 404
                    assert browser.get("/week", headers={"Host": PUBLIC}).status_code == 421


def test_another_name_gets_no_certificate(nginx: str, tmp_path: Path) -> None:
    with proxied(tmp_path, ("127.0.0.1:1", "127.0.0.1:2")) as port, pytest.raises(httpx.ConnectError):
        httpx.get(f"https://127.0.0.1:{port}/", verify=False)
