"""deploy/compose.yaml against the program's settings, commands and the proxy before it. It is read here, not run."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import ipaddress
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from benchmarks.proxy import PUBLIC, REPLICAS
from config.settings import PREFIX, load_settings
from dashboard.application import plain_routes
from planner.__main__ import COMMANDS
from planner.bank.command import parser as bank_parser
from tests.dashboard.fakes import ROOT
from tests.operations.nginx_conf import read
from tests.planner.store.server import OWNER, private, programs

DEPLOY = ROOT / "deploy"
FILE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
REPLICA_NAMES = ("dashboard-a", "dashboard-b")
OURS = [name for name, one in SERVICES.items() if one["image"].startswith("rounds")]


def env_file(name: str) -> dict[str, str]:
    """Read the example of a secrets file."""
    lines = (DEPLOY / f"{Path(name).name}.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def environment(service: str) -> dict[str, str]:
    """Give what a service's process will find, as text, secrets as in the examples."""
    one = SERVICES[service]
    secret = {key: value for file in one.get("env_file", []) for key, value in env_file(file).items()}
    return secret | {key: str(value) for key, value in (one.get("environment") or {}).items()}


def settings(service: str) -> Any:
    return load_settings(ROOT, {key: value for key, value in environment(service).items() if key.startswith(PREFIX)})


def argument(command: list[str], name: str) -> str:
    (found,) = (one.split("=", 1)[1] for one in command if one.startswith(f"--{name}="))
    return found


def test_every_setting_is_one_and_says_what_can_be_used() -> None:
    for name in OURS:
        settings(name)
        for key, value in (SERVICES[name].get("environment") or {}).items():
            assert isinstance(value, str), f"{name}: {key} is no text to YAML"
    assert len({settings(name).database_url for name in OURS if name != "scheduler"}) == 1
    with_owner = [name for name in OURS if settings(name).database_owner_url]
    assert with_owner == ["setup"], "the dashboard does not know who owns the tables"


def test_secrets_are_files_and_none_is_in_git() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"(PASSWORD|SECRET|TOKEN|KEY)\w*: (?!/run/secrets)", text)
    files = [one["file"] for one in FILE["secrets"].values()] + [
        f for s in SERVICES.values() for f in s.get("env_file", [])
    ]
    assert all(str(file).startswith("secrets/") for file in files)
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    used = {one for service in SERVICES.values() for one in service.get("secrets", [])}
    assert used == set(FILE["secrets"])


@pytest.mark.parametrize("service", SERVICES)
def test_no_part_has_more_rights_than_it_needs(service: str) -> None:
    one = SERVICES[service]
    assert int(one["user"].split(":")[0]) > 0
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in one
    assert ("ports" in one) == (service == "proxy"), "only the proxy is reached from outside"
    assert re.search(r":[v\d][\w.-]*$", one["image"]), "an image by its version"
    if service in OURS:
        assert one["user"] == "10001:10001"
        assert any(line == f"USER {one['user']}" for line in (ROOT / "Containerfile").read_text().splitlines())


def test_the_replicas_are_alike_and_the_proxy_knows_them() -> None:
    a, b = (dict(SERVICES[name]) for name in REPLICA_NAMES)
    at = [one.pop("networks")["pages"]["ipv4_address"] for one in (a, b)]
    assert a == b
    port = settings("dashboard-a").port
    assert tuple(f"{one}:{port}" for one in at) == REPLICAS
    subnet = ipaddress.ip_network(FILE["networks"]["pages"]["ipam"]["config"][0]["subnet"])
    assert all(ipaddress.ip_address(one) in subnet for one in at)
    volumes = {one.split(":")[1]: one.split(":")[0] for one in a["volumes"]}
    assert volumes == {str(settings("dashboard-a").paths.var): "data", "/app/static/basemap": "ground"}


def test_they_start_and_are_asked_where_their_settings_say() -> None:
    one, said = SERVICES["dashboard-a"], settings("dashboard-a")
    assert one["command"][:5] == ["python", "-m", "streamlit", "run", "app.py"]
    assert int(argument(one["command"], "server.port")) == said.port
    assert argument(one["command"], "server.address") == said.host == "0.0.0.0"
    assert said.sign_in == "accounts"
    assert int(one["stop_grace_period"][:-1]) >= said.stop_seconds + 10
    address = urlsplit(re.search(r"http://[^'\"]+", one["healthcheck"]["test"][-1])[0])  # type: ignore[index]
    assert address.port == said.port
    assert address.path == "/ready"
    assert address.path in {str(getattr(r, "path", "")) for r in plain_routes(lambda: None)}  # type: ignore[arg-type,return-value]


def test_the_proxy_serves_the_name_that_the_gate_expects() -> None:
    public = urlsplit(settings("dashboard-a").public_url)
    assert (public.scheme, public.hostname, public.port) == ("https", PUBLIC, None)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    server = next(one for one in read(text).one("http").all("server") if one.all("ssl_certificate"))
    assert server.one("server_name").words == [public.hostname]
    listened = {one.words[0] for other in read(text).one("http").all("server") for one in other.all("listen")}
    assert {f"443:{server.one('listen').words[0]}", "80:8080"} == set(SERVICES["proxy"]["ports"])
    assert listened == {"8443", "8080"}
    files = {server.one(name).words[0] for name in ("ssl_certificate", "ssl_certificate_key")}
    assert files == {f"/run/secrets/{name}" for name in SERVICES["proxy"]["secrets"]}


def test_the_road_engine_takes_what_the_program_asks() -> None:
    roads, said = SERVICES["roads"], settings("dashboard-a")
    assert roads["command"][0] == "osrm-routed"
    assert int(argument(roads["command"], "max-table-size")) == said.osrm_table
    assert urlsplit(said.osrm_url).hostname == "roads"
    assert urlsplit(said.osrm_url).port == int(argument(roads["command"], "port"))
    pinned = re.search(r"osrm-bindings==(\S+)", (ROOT / "requirements-osrm.txt").read_text())
    assert pinned is not None
    assert roads["image"].endswith(f":v{pinned[1]}"), "another version does not read the regions' files"
    region = said.paths.region("NAME")
    assert re.sub(r"\$\{[^}]*\}", "NAME", roads["command"][-1]) == str(region / "osrm" / "region.osrm")


def test_commands_are_commands_of_the_program() -> None:
    # No other one makes the tables, and it takes no word that is not asked for by hand.
    assert SERVICES["setup"]["command"] == ["python", "-m", "planner", "demo"]
    bank = SERVICES["bank"]["entrypoint"]
    assert bank[:4] == ["python", "-m", "planner", "bank"]
    assert {"demo", "bank"} <= set(COMMANDS)
    asked = bank_parser().parse_args([*bank[4:], "--week", "2026-W49"])  # what docs/operations.md adds to it
    assert urlsplit(asked.scheduler).hostname in SERVICES
    for name in ("scheduler", "worker"):
        command = SERVICES[name]["command"]
        main = importlib.import_module(command[2]).main
        known = {option for one in main.params for option in (*one.opts, *one.secondary_opts)}
        assert command[2] == main.callback.__module__
        assert {one.split("=")[0] for one in command[3:] if one.startswith("--")} <= known


def test_workers_run_as_the_handbook_says() -> None:
    worker, manual = SERVICES["worker"], (ROOT / "docs" / "bank.md").read_text(encoding="utf-8")
    command, said = worker["command"], settings("worker")
    assert " ".join(command[1:3]) in manual
    assert argument(command, "nthreads") == "1"
    assert "--nthreads 1" in manual
    assert argument(command, "memory-limit") == f"{said.bank_worker_mb}MB"
    pause = {key: value for key, value in worker["environment"].items() if not key.startswith(PREFIX)}
    assert "export {}={}".format(*next(iter(pause.items()))) in manual
    address = next(one for one in command if one.startswith("tcp://"))
    assert address == SERVICES["bank"]["entrypoint"][-1]
    assert urlsplit(address).hostname == "scheduler"
    assert str(urlsplit(address).port) == argument(SERVICES["scheduler"]["command"], "port")


def asked_by(service: str) -> set[str]:
    """Give the parts whose names stand in the addresses that a part is given; setting up asks no road."""
    one = SERVICES[service]
    said = [*environment(service).values(), *one.get("command", []), *one.get("entrypoint", [])]
    named = {urlsplit(text).hostname for text in said if re.match(r"[a-z]+://", text)}
    return {other for other in SERVICES if other in named} - ({"roads"} if service == "setup" else set())


def waited_for(service: str) -> set[str]:
    """Give the parts that are there before a part begins."""
    first = set(SERVICES[service].get("depends_on", {}))
    return first.union(*map(waited_for, first))


@pytest.mark.parametrize("service", SERVICES)
def test_a_part_reaches_whom_it_asks_and_waits_for_them(service: str) -> None:
    asked = asked_by(service)
    if service in OURS and service != "scheduler":
        assert "database" in asked
    if service in ("worker", "bank"):
        assert {"scheduler", "roads"} <= asked
    if service in (*REPLICA_NAMES, "worker", "bank"):
        assert "setup" in waited_for(service), "the tables are made before they are read"
    if service == "proxy":
        asked |= set(REPLICA_NAMES)
        assert {one["condition"] for one in SERVICES[service]["depends_on"].values()} == {"service_healthy"}
    assert asked <= waited_for(service)
    for other in asked:
        assert set(SERVICES[service]["networks"]) & set(SERVICES[other]["networks"]), f"{service} cannot reach {other}"


def test_whoever_plans_has_the_packages_and_the_bank_s_files() -> None:
    dask = next(one["image"] for one in SERVICES.values() if "Containerfile.bank" in str(one.get("build")))
    assert {name for name, one in SERVICES.items() if one["image"] == dask} == {"scheduler", "worker", "bank"}
    for name in set(OURS) - {"scheduler"}:
        assert f"data:{settings(name).paths.var}" in SERVICES[name]["volumes"], name


def test_nobody_but_workers_reaches_the_scheduler_and_no_secret_does() -> None:
    inside = {name for name, one in SERVICES.items() if "workers" in one["networks"]}
    assert inside == {"scheduler", "worker", "bank"}
    assert SERVICES["scheduler"]["networks"] == ["workers"]
    assert not [key for key in environment("scheduler") if "DATABASE" in key]
    for name, network in FILE["networks"].items():
        assert ((network or {}).get("internal", False)) == (name != "outside")
    assert [name for name, one in SERVICES.items() if "outside" in one["networks"]] == ["proxy"]
    assert "pages" not in SERVICES["database"]["networks"]


def test_all_that_it_mounts_and_builds_from_is_there() -> None:
    for one in SERVICES.values():
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).is_file() if source.startswith("./") else source in FILE["volumes"]
    build = SERVICES["scheduler"]["build"]
    containerfile = ((DEPLOY / build["context"]) / build["dockerfile"]).read_text(encoding="utf-8")
    assert f"FROM {SERVICES['dashboard-a']['image']}\n" in containerfile
    assert "--require-hashes" in containerfile
    assert containerfile.rstrip().endswith(f"USER {SERVICES['worker']['user']}")
    for name in re.findall(r"^COPY (\S+) ", containerfile, re.MULTILINE):
        assert (ROOT / name).is_file()
        assert name not in (ROOT / ".containerignore").read_text(encoding="utf-8").split()


def test_the_roles_are_those_of_the_handbook(tmp_path: Path) -> None:
    """The script that makes them is run against a server, and each role comes in with what its file says."""
    awkward = {"owner_password": "it's o", "app_password": 'a"$HOME\\', "backup_password": "b"}
    for name, value in awkward.items():
        (tmp_path / name).write_text(value + "\n", encoding="utf-8")
    with private() as running:
        running.server.sql("DROP ROLE rounds_owner", "DROP ROLE rounds_app")  # the tests' own server has them already
        there = {"PATH": f"{programs()}:/usr/bin:/bin", "SECRETS": str(tmp_path), "PGHOST": str(running.folder)}
        command = ["sh", str(DEPLOY / "roles.sh")]
        made = subprocess.run(command, capture_output=True, text=True, env=there, check=False)
        assert made.returncode == 0, made.stderr
        found = running.server.sql(
            "SELECT rolname, rolbypassrls, rolsuper, rolpassword FROM pg_authid WHERE rolname LIKE 'rounds%'"
        )
        assert {str(row[0]): tuple(row[1:3]) for row in found} == {
            "rounds_owner": (False, False),
            "rounds_app": (False, False),
            "rounds_backup": (True, False),
        }
        for name, _, _, kept in found:
            assert is_of(str(kept), awkward[str(name).removeprefix("rounds_") + "_password"])
        (made_like,) = running.server.sql(
            "SELECT pg_get_userbyid(datdba), datcollate FROM pg_database WHERE datname = 'rounds'"
        )
        assert tuple(made_like) == (OWNER, "C")
    manual = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
    for line in re.findall(r"^(?:CREATE|GRANT)[^$]*?;", (DEPLOY / "roles.sh").read_text(), re.MULTILINE):
        assert line in manual, line


def is_of(kept: str, password: str) -> bool:
    """Say whether what PostgreSQL keeps is of a password (RFC 5802)."""
    _, rounds_salt, keys = kept.split("$")
    rounds, salt = rounds_salt.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
    client = hmac.digest(salted, b"Client Key", "sha256")
    return base64.b64decode(keys.split(":")[0]) == hashlib.sha256(client).digest()
