"""What a request says of itself, as the gate reads it: host, origin, cookies, where it is from, who it claims to be."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import cookie_parser

from dashboard.policy import starts

FOREIGN_IDENTITY = ("x-rounds-", "x-forwarded-", "x-auth-", "x-remote-")
FOREIGN_IDENTITY_NAMES = frozenset({"remote-user", "forwarded", "x-real-ip", "x-user", "x-user-email", "authorization"})
PROXIES_SAY = (b"forwarded", b"via", b"x-real-ip")
#: What pages ask for: a stranger gets no page for an answer.
PARTS_OF_PAGES = ("/media", "/_stcore", "/m/api")


def header_values(scope: Mapping[str, Any], name: str) -> list[str]:
    """Give all values of a header of a request."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name.encode()]


def host_name(host: str) -> str:
    """Give the name in a Host header, without its port and in lower case; empty where it is malformed.

    >>> host_name("LOCALHOST:8501"), host_name("[::1]:80"), host_name("evil@localhost")
    ('localhost', '::1', '')
    """
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return "" if parts.path or parts.query or "@" in host else (parts.hostname or "")


def same_origin(origin: str, host: str, *, secure: bool = False) -> bool:
    """Say whether an Origin header names the very host and port the request was sent to; ``secure`` if by https alone.

    >>> same_origin("http://localhost:8501", "localhost:8501"), same_origin("http://evil", "localhost:8501")
    (True, False)
    >>> same_origin("null", "localhost:8501"), same_origin("http://bank", "bank", secure=True)
    (False, False)
    """
    parts = urlsplit(origin)
    schemes = ("https",) if secure else ("http", "https")
    return parts.scheme in schemes and parts.netloc.lower() == host.lower() and not parts.path


def foreign_identity(name: str) -> bool:
    """Say whether an inbound header claims an identity, which only the gate may do.

    >>> foreign_identity("X-Rounds-Principal"), foreign_identity("Accept")
    (True, False)
    """
    name = name.lower().replace("_", "-")
    return name.startswith(FOREIGN_IDENTITY) or name in FOREIGN_IDENTITY_NAMES


def without_identity(scope: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Give the headers of a request without those that claim an identity."""
    return [(name, value) for name, value in scope["headers"] if not foreign_identity(name.decode("latin-1"))]


def is_navigation(scope: Mapping[str, Any]) -> bool:
    """Say whether somebody opens a page, and not a page asks for a part of itself."""
    wants = any("text/html" in value for value in header_values(scope, "accept"))
    return scope["method"] == "GET" and wants and not starts(str(scope["path"]), PARTS_OF_PAGES)


def from_here(scope: Mapping[str, Any]) -> bool:
    """Say whether a request comes from this machine, to an address of this machine, through no proxy."""
    ends = [scope.get("client"), scope.get("server")]
    names = [name.lower() for name, _ in scope["headers"]]
    handed_on = any(name.startswith(b"x-forwarded") or name in PROXIES_SAY for name in names)
    return not handed_on and all(one is not None and is_loopback(str(one[0])) for one in ends)


def is_loopback(address: str) -> bool:
    """Say whether an address is this machine's own.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("10.0.0.1"), is_loopback("testclient")
    (True, True, False, False)
    """
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    """Give the cookies of a request."""
    return {name: value for header in header_values(scope, "cookie") for name, value in cookie_parser(header).items()}
