"""A bank's sign-in on this machine: a small OpenID provider that keeps the rules and signs with a key of its own.

Whoever asks is the person ``person``; it asks nobody. Tests damage one thing at a time: the claims, the header, the
key, or the whole token.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwk, jwt

CLIENT, SECRET = "rounds", "a secret / with: signs"


@dataclass
class Provider:
    """The provider's state. ``now`` is its clock."""

    now: int
    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "u-17"})
    key: Any = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    published: list[Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    answer: Callable[[dict[str, Any]], Any] = lambda made: made
    sign: Callable[[Provider, dict[str, Any]], str] = lambda own, claims: own.signed(claims)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def signed(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        """Sign claims as it should be done, or with another key or header."""
        key = key or self.key
        alg = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}[key.key_type]
        return jwt.encode({"alg": alg, "kid": "k1", **header}, claims, key, algorithms=[header.get("alg", alg)])

    def discovery(self) -> dict[str, Any]:
        """Give what is published; ``metadata`` puts its own in place, None takes away."""
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }
        return {name: value for name, value in found.items() if value is not None}

    def keys(self) -> dict[str, Any]:
        """Give the public keys."""
        return {"keys": [one.as_dict(private=False) for one in (self.published or [self.key])]}

    def authorize(self, query: dict[str, str]) -> str:
        """Give where the browser goes, with a code that remembers what was asked."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, sent: dict[str, str], authorization: str) -> dict[str, Any]:
        """Give a token for a code, once, to the client that asked, by its verifier."""
        asked = self.codes.pop(sent["code"])
        pair = f"rounds:{'a%20secret%20%2F%20with%3A%20signs'}"
        assert authorization == "Basic " + base64.b64encode(pair.encode()).decode(), "not this client"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=")
        assert (asked["code_challenge"], asked["code_challenge_method"]) == (challenge.decode(), "S256")
        assert asked["redirect_uri"] == sent["redirect_uri"]
        assert sent["grant_type"] == "authorization_code"
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "exp": self.now + 300,
            "iat": self.now,
            "nonce": asked["nonce"],
            **self.person,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(self, kept)}


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """Serve a provider on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("location", provider.authorize(query))
                self.end_headers()
                return
            known = {"/.well-known/openid-configuration": provider.discovery, "/keys": provider.keys}
            self.say(known[parts.path]() if parts.path in known else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            try:
                self.say(provider.answer(provider.token(sent, self.headers.get("authorization", ""))))
            except (AssertionError, KeyError):
                self.say(None)

        def say(self, found: Any) -> None:
            text = found if isinstance(found, bytes) else json.dumps(found or {"error": "invalid"}).encode()
            self.send_response(200 if found else 400)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = provider.issuer or f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield provider
        server.shutdown()
