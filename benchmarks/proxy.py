"""The project's own proxy (deploy/nginx.conf) run on loopback, for tests and benchmarks: addresses and files are
others, the rest is as it is."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CONF = Path(__file__).parent.parent / "deploy" / "nginx.conf"
PUBLIC = "rounds.bank.example"
REPLICAS = ("10.87.0.11:8501", "10.87.0.12:8501")


def program() -> str | None:
    """Give where nginx is, None where it is not."""
    return shutil.which("nginx") or next((path for path in ("/usr/sbin/nginx",) if Path(path).exists()), None)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """Make a certificate for a day, signed by itself; gives it and its key."""
    made, key = folder / "tls.crt", folder / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


def placed(text: str, folder: Path, port: int, replicas: tuple[str, str], *, name: str = "localhost") -> str:
    """Give the conf for a folder, a port and two replicas: addresses and files are changed, nothing else."""
    made, key = certificate(folder, name)
    said = [
        (r"pid /tmp/nginx.pid", f"pid {folder}/nginx.pid"),
        (r"worker_processes auto", "worker_processes 1"),
        (r"error_log /dev/stderr", f"error_log {folder}/error.log"),
        (r"_temp_path /tmp/", f"_temp_path {folder}/"),
        (r"listen 8443 ssl", f"listen 127.0.0.1:{port} ssl"),
        (r"listen 8080", f"listen 127.0.0.1:{free_port()}"),
        (r"/run/secrets/tls_certificate", str(made)),
        (r"/run/secrets/tls_key", str(key)),
        (re.escape(PUBLIC), name),
    ]
    for there, here in zip(REPLICAS, replicas, strict=True):
        said += [(re.escape(there), here), (re.escape(re.escape(there)), re.escape(here))]
    for pattern, instead in said:
        text, times = re.subn(pattern, lambda _, instead=instead: instead, text)
        assert times, pattern
    return text


@contextmanager
def proxied(folder: Path, replicas: tuple[str, str]) -> Iterator[int]:
    """Run the proxy before two replicas; gives its TLS port on localhost."""
    port = free_port()
    conf = folder / "nginx.conf"
    conf.write_text(placed(CONF.read_text(encoding="utf-8"), folder, port, replicas), encoding="utf-8")
    found = program()
    assert found, "nginx is not installed (Debian: apt install nginx-light)"
    command = [found, "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=(folder / "nginx.log").open("w"))
    try:
        ends = time.monotonic() + 10
        while time.monotonic() < ends and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        if process.poll() is not None:
            raise RuntimeError((folder / "nginx.log").read_text())
        yield port
    finally:
        process.terminate()
        process.wait()


def trusting(folder: Path) -> ssl.SSLContext:
    """Give what trusts the proxy's own certificate."""
    return ssl.create_default_context(cafile=str(folder / "tls.crt"))
