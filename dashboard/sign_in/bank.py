"""The bank's own sign-in: OpenID Connect, authorization code with PKCE (RFC 7636), as far as it needs no browser.

What the bank says is believed only if its token was signed by one of the keys it publishes, for us, for this very
attempt, and now. All that is taken from it is one claim, by which an account of ours is found: role and branches are
never the bank's to say, and nobody gets an account by coming. The access token is thrown away.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwk, jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError

from config import logs

#: signatures by a private key only: "none" and those by a shared secret are refused whatever a token says of itself
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
#: what differs between the bank's clock and ours; a token older than this is not from this attempt
LEEWAY_S, OLDEST_S = 60, 600
#: what the bank publishes is believed for so long; a key that is not among it is asked for anew at most so often
KEPT_S, AGAIN_S = 600.0, 30.0
PATIENCE_S, MOST_BYTES, MOST_SIGNS = 5.0, 1_000_000, 255
#: so many questions to the bank at once: strangers cause them, and while it is silent each keeps a thread waiting
MOST_ASKING = 8
SHORTEST_RSA = 2048
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
#: why somebody did not come in, for the log; the claims' own names beside them
WHY: frozenset[str] = frozenset({"answer", "metadata", "refused", "flow", "state", "iss", "signature", "key"})
WHY |= {"missing", "exp", "nbf", "iat", "aud", "azp", "nonce", "sub", "claim", "email_verified", "account"}
logs.allow("fault", WHY)


class NotFromTheBank(Exception):
    """The bank was not asked, did not answer, or what it said is not believed; ``code`` is one of ``WHY``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Attempt:
    """What one attempt to sign in is known by; it is used once."""

    return_to: str
    back: str
    begun_at: datetime
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """Give what the bank learns of the verifier before it learns the verifier."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def client() -> httpx.Client:
    """Make a client that follows no redirect: the bank answers where it said it would."""
    return httpx.Client(timeout=PATIENCE_S, follow_redirects=False)


@dataclass
class Bank:
    """The bank's sign-in. ``issuer`` is told by it exactly so; ``claim`` names who somebody is."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    claim: str = "sub"
    scope: str = "openid"
    client: Callable[[], httpx.Client] = client
    told: tuple[float, Mapping[str, Any]] | None = None
    keys: tuple[float, jwk.KeySet] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    asking: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(MOST_ASKING))

    def metadata(self) -> Mapping[str, Any]:
        """Give what the bank publishes of its sign-in."""
        with self.lock:
            if self.told is not None and time.monotonic() - self.told[0] < KEPT_S:
                return self.told[1]
        found = self.ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        ways = found.get("code_challenge_methods_supported", ["S256"])
        known = all(isinstance(found.get(one), str) and self.may_ask(found[one]) for one in ENDPOINTS)
        if found.get("issuer") != self.issuer or not known or not isinstance(ways, list) or "S256" not in ways:
            raise NotFromTheBank("metadata")
        with self.lock:
            self.told = time.monotonic(), found
        return found

    def address(self, attempt: Attempt) -> str:
        """Give where the browser goes to sign in."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": attempt.return_to,
            "scope": self.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return with_query(str(self.metadata()["authorization_endpoint"]), asked)

    def way_out(self, return_to: str) -> str:
        """Give where one signs out at the bank too, "" where it has no such place or was not asked yet."""
        found = str((self.told[1] if self.told else {}).get("end_session_endpoint") or "")
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": return_to}
        return with_query(found, asked) if found and self.may_ask(found) else ""

    def person(self, attempt: Attempt, answer: Mapping[str, str], now: datetime) -> str:
        """Give who came back from the bank, by the claim that is known here.

        Parameters
        ----------
        attempt
            The attempt that this browser began.
        answer
            The query with which it came back.

        Raises
        ------
        NotFromTheBank
            If anything is not as it must be.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise NotFromTheBank("state")
        told, needed = answer.get("iss"), self.metadata().get("authorization_response_iss_parameter_supported")
        if (told is not None or needed) and told != self.issuer:
            raise NotFromTheBank("iss")
        if "error" in answer or not answer.get("code"):
            raise NotFromTheBank("refused")
        claims = self.believed(self.exchanged(attempt, answer["code"]), attempt.nonce, now)
        who = claims.get(self.claim)
        if not isinstance(who, str) or not 0 < len(who) <= MOST_SIGNS or who != who.strip():
            raise NotFromTheBank("claim")
        if self.claim == "email" and claims.get("email_verified") is not True:
            raise NotFromTheBank("email_verified")
        return who

    def exchanged(self, attempt: Attempt, code: str) -> str:
        """Give the token that the bank gives for a code."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.return_to,
            "code_verifier": attempt.verifier,
        }
        found, more = self.metadata(), {}
        ways = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self.secret and "client_secret_basic" in ways:
            more = {"auth": (quote(self.client_id, safe=""), quote(self.secret, safe=""))}
        else:
            sent |= {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})
        token = self.ask("POST", str(found["token_endpoint"]), data=sent, **more).get("id_token")
        if not isinstance(token, str):
            raise NotFromTheBank("missing")
        return token

    def believed(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        """Give the claims of a token that the bank signed for us, for this attempt, and that holds now."""
        try:
            claims = self.signed(token)
            moment = int(now.timestamp())
            jwt.JWTClaimsRegistry(
                now=moment,
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self.issuer},
                aud={"essential": True, "value": self.client_id},
                nonce={"essential": True, "value": nonce},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(dict(claims))
        except ClaimError as error:
            raise NotFromTheBank(error.claim if error.claim in WHY else "missing") from error
        except InvalidKeyIdError as error:
            raise NotFromTheBank("key") from error
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise NotFromTheBank("signature") from error
        if claims["iat"] < moment - OLDEST_S:
            raise NotFromTheBank("iat")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.client_id:
            raise NotFromTheBank("azp")
        return claims

    def signed(self, token: str) -> Mapping[str, Any]:
        """Give a token's claims if one of the bank's keys signed it; keys that it published only now are asked for."""
        try:
            return jwt.decode(token, self.published(), algorithms=SIGNED_BY).claims
        except InvalidKeyIdError:
            return jwt.decode(token, self.published(anew=True), algorithms=SIGNED_BY).claims

    def published(self, *, anew: bool = False) -> jwk.KeySet:
        """Give the keys with which the bank signs: those that sign, and none that is too short."""
        with self.lock:
            kept = self.keys
        if kept is not None and time.monotonic() - kept[0] < (AGAIN_S if anew else KEPT_S):
            return kept[1]
        found = self.ask("GET", str(self.metadata()["jwks_uri"])).get("keys")
        rows = found if isinstance(found, list) else []
        signing = [one for one in rows if isinstance(one, dict) and one.get("use", "sig") == "sig" and "d" not in one]
        made = [one for one in map(imported, signing) if one is not None and one.key_type != "oct"]
        keys = jwk.KeySet([one for one in made if one.key_type != "RSA" or rsa_bits(one) >= SHORTEST_RSA])
        with self.lock:
            self.keys = time.monotonic(), keys
        return keys

    def ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """Ask the bank for a JSON object of a bounded length."""
        if not self.asking.acquire(blocking=False):
            raise NotFromTheBank("answer")
        try:
            return self.answered(method, url, **more)
        finally:
            self.asking.release()

    def answered(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """Give what the bank answers."""
        try:
            with self.client() as asking, asking.stream(method, url, **more) as answer:
                if method == "POST" and answer.is_client_error:
                    raise NotFromTheBank("refused")
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise NotFromTheBank("answer")
                found = json.loads(body) if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise NotFromTheBank("answer") from error
        if not isinstance(found, dict):
            raise NotFromTheBank("answer")
        return found

    def may_ask(self, url: str) -> bool:
        """Say whether an address is https, or on this machine where the issuer is too."""
        parts, issuer = urlsplit(url), urlsplit(self.issuer)
        here = issuer.scheme == "http" and issuer.hostname in LOOPBACK and parts.hostname in LOOPBACK
        return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and here))


def imported(row: dict[str, Any]) -> Any:
    """Give a published key, None for one of a kind that is not known here: the others count (RFC 7517, 5)."""
    try:
        return jwk.import_key(row)
    except (JoseError, KeyError, ValueError, TypeError, UnsupportedAlgorithm):
        return None


def rsa_bits(key: Any) -> int:
    """Give the length of an RSA key."""
    return int(key.public_key.key_size)


def with_query(url: str, asked: Mapping[str, str]) -> str:
    """Add a query to an address that may have one."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"
