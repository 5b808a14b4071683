"""The bank's own sign-in, against a provider that runs here: whom it lets in, and all that must be right for that."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwk
from starlette.testclient import TestClient

from config.logs import safe_record
from config.settings import BadSettings, load_settings
from dashboard.sign_in import bank as module
from dashboard.sign_in.bank_routes import COOKIE as ATTEMPT
from dashboard.sign_in.keeper import COOKIE
from planner.domain import Role
from planner.store import BadLogin, Login
from tests.dashboard.provider import CLIENT, SECRET, Provider, running
from tests.dashboard.test_sign_in import BOSS, FROM_US, ROOT, House, filled, made
from tests.planner.store.factories import HERE, NOW

__all__ = ["filled", "made"]
AT = int(NOW.timestamp())


@pytest.fixture(scope="module")
def key() -> Any:
    return jwk.RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})


@pytest.fixture(scope="module")
def other_key() -> Any:
    return jwk.RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})


@pytest.fixture
def provider(key: Any) -> Iterator[Provider]:
    with running(Provider(AT, key=key)) as one:
        yield one


def environ(issuer: str, **more: str) -> dict[str, str]:
    said = {"ISSUER": issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, **more}
    return {f"ROUNDS_OIDC_{name}": value for name, value in said.items()}


@pytest.fixture
def house(made: Callable[..., House], provider: Provider) -> House:
    house = made()
    house.kit.settings = load_settings(ROOT, environ(provider.issuer))
    house.change(subject="u-17")
    return house


def to_the_bank(browser: TestClient, back: str = "") -> str:
    """Begin, and give where the bank sends the browser back to, as a path with its query."""
    answer = browser.get("/login/bank", params={"back": back})
    assert answer.status_code == 303, answer.text
    returned = httpx.get(answer.headers["location"]).headers["location"]
    parts = urlsplit(returned)
    assert parts.netloc == "127.0.0.1:8501"
    return f"{parts.path}?{parts.query}"


def signed_in(house: House) -> int:
    """Go to the bank and back, and give the status of what a signed-in person would see."""
    browser = house.browser()
    browser.get(to_the_bank(browser))
    return browser.get("/").status_code


def changed(address: str, **words: str | None) -> str:
    """Change words of a query; None takes one away."""
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), **words}
    return f"{parts.path}?{urlencode({name: value for name, value in query.items() if value is not None})}"


def test_who_has_an_account_here_comes_in_by_the_banks_word(house: House, provider: Provider) -> None:
    browser = house.browser()
    assert "/login/bank" in browser.get("/login").text
    begun = browser.get("/login/bank", params={"back": "/m/YX01"})
    cookie = begun.headers["set-cookie"].lower()
    assert all(part in cookie for part in (f"{ATTEMPT}=", "httponly", "samesite=lax", "max-age=600"))
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[one][0]) >= 43 for one in ("state", "nonce", "code_challenge"))
    answer = browser.get(to_the_bank(browser, "/m/YX01"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/m/YX01")
    session = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")).lower()
    assert "httponly" in session
    assert "max-age" not in session
    assert browser.get("/").text == f"lin manager {HERE}"
    assert ATTEMPT not in browser.cookies


def test_the_word_of_the_bank_is_used_once(house: House) -> None:
    browser = house.browser()
    returned = to_the_bank(browser)
    kept = browser.cookies[ATTEMPT]
    assert browser.get(returned).status_code == 303
    thief = house.browser()
    thief.cookies.set(ATTEMPT, kept)
    assert thief.get(returned).status_code == 401
    assert thief.get("/").status_code == 401


def unsigned(_own: Provider, claims: dict[str, Any]) -> str:
    head, body = ({"alg": "none", "kid": "k1"}, claims)
    return ".".join([*(encoded(json.dumps(one).encode()) for one in (head, body)), ""])


def by_shared(secret: Callable[[Provider], bytes]) -> Callable[[Provider, dict[str, Any]], str]:
    """Sign with what everybody knows as if it were a shared secret."""

    def sign(own: Provider, claims: dict[str, Any]) -> str:
        said = ".".join(encoded(json.dumps(one).encode()) for one in ({"alg": "HS256", "kid": "k1"}, claims))
        return f"{said}.{encoded(hmac.new(secret(own), said.encode(), hashlib.sha256).digest())}"

    return sign


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


CLAIMS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "n" * 43},
    "no nonce": {"nonce": None},
    "expired": {"exp": AT - 61},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "2099-01-01"},
    "not yet": {"nbf": AT + 61},
    "from the future": {"iat": AT + 61},
    "of an earlier attempt": {"iat": AT - 601},
    "no time": {"iat": None},
    "for somebody else": {"aud": "another"},
    "for somebody else among others": {"aud": ["another", "third"]},
    "for us and others, to nobody": {"aud": [CLIENT, "another"]},
    "for us, to somebody else": {"azp": "another"},
    "for nobody": {"aud": None},
    "of another bank": {"iss": "https://evil.example"},
    "of no bank": {"iss": None},
    "of nobody": {"sub": None},
    "of an empty name": {"sub": ""},
    "of several": {"sub": ["u-17"]},
}


@pytest.mark.parametrize("damage", list(CLAIMS))
def test_a_token_with_a_wrong_claim_lets_nobody_in(damage: str, house: House, provider: Provider) -> None:
    provider.claims = CLAIMS[damage]
    assert signed_in(house) == 401
    provider.claims = {}
    assert signed_in(house) == 200  # it was that and nothing else


@pytest.mark.parametrize(
    "damage", ["other key", "none", "public key", "client secret", "unknown key", "torn", "forged"]
)
def test_a_token_that_the_bank_did_not_sign_lets_nobody_in(
    damage: str, house: House, provider: Provider, other_key: Any
) -> None:
    def forged(own: Provider, claims: dict[str, Any]) -> str:
        head, _body, seal = own.signed({**claims, "sub": "nobody"}).split(".")
        return f"{head}.{encoded(json.dumps(claims).encode())}.{seal}"

    provider.sign = {
        "other key": lambda own, claims: own.signed(claims, other_key),
        "none": unsigned,
        "public key": by_shared(lambda own: own.key.as_pem(private=False)),
        "client secret": by_shared(lambda _own: SECRET.encode()),
        "unknown key": lambda own, claims: own.signed(claims, other_key, kid="k9"),
        "torn": lambda own, claims: own.signed(claims)[:-8],
        "forged": forged,
    }[damage]
    assert signed_in(house) == 401
    provider.sign = lambda own, claims: own.signed(claims)
    assert signed_in(house) == 200


@pytest.mark.parametrize(
    "words",
    [
        {"state": "s" * 43},
        {"state": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"code": None},
        {"code": "another"},
        {"error": "access_denied"},
    ],
    ids=str,
)
def test_a_way_back_that_was_tampered_with_lets_nobody_in(words: dict[str, str | None], house: House) -> None:
    browser = house.browser()
    assert browser.get(changed(to_the_bank(browser), **words)).status_code == 401
    assert browser.get("/").status_code == 401


def test_a_word_that_is_said_twice_lets_nobody_in(house: House) -> None:
    browser = house.browser()
    returned = to_the_bank(browser)
    assert browser.get(f"{returned}&state=x").status_code == 401


def test_an_attempt_is_of_its_browser_and_ends(house: House) -> None:
    mine, theirs = house.browser(), house.browser()
    returned = to_the_bank(mine)
    to_the_bank(theirs)
    # Somebody who began himself leads a victim's browser to the end of it: it is not that browser's own attempt.
    assert theirs.get(returned).status_code == 401
    assert house.browser().get(returned).status_code == 401
    late = house.browser()
    returned = to_the_bank(late)
    house.kit.moment += timedelta(minutes=10, seconds=1)
    assert late.get(returned).status_code == 401


@pytest.mark.parametrize("who", ["unknown", "disabled", "ready", "letters"])
def test_nobody_gets_an_account_by_coming(who: str, house: House, provider: Provider) -> None:
    logins = house.kit.store.logins
    if who == "unknown":
        provider.person = {"sub": "u-18", "name": "lin", "preferred_username": "lin", "role": "administrator"}
    elif who == "letters":
        provider.person = {"sub": "U-17"}
    else:
        house.change(**{who: True})
    before = logins.listed(BOSS)
    browser = house.browser()
    answer = browser.get(to_the_bank(browser))
    assert answer.status_code == 403
    assert "no account for you here" in answer.text
    assert browser.get("/").status_code == 401
    assert logins.listed(BOSS) == before
    assert logins.trail(BOSS)[-1].what == "login.refused"
    assert "u-18" not in str(logins.trail(BOSS))


def test_role_and_branches_are_never_the_banks_to_say(house: House, provider: Provider) -> None:
    provider.person |= {"role": "administrator", "roles": ["administrator"], "branches": ["YX02"]}
    browser = house.browser()
    browser.get(to_the_bank(browser))
    assert browser.get("/").text == f"lin manager {HERE}"


@pytest.mark.parametrize(("verified", "status"), [(True, 200), (False, 401), ("true", 401), (None, 401)])
def test_an_address_counts_where_the_bank_has_verified_it(
    verified: object, status: int, house: House, provider: Provider
) -> None:
    house.kit.settings = load_settings(ROOT, environ(provider.issuer, CLAIM="email", SCOPE="openid email"))
    house.change(subject="lin@bank.example")
    provider.person = {"sub": "u-17", "email": "lin@bank.example", "email_verified": verified}
    assert signed_in(house) == status


METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://evil.example"},
    "token endpoint elsewhere, unencrypted": {"token_endpoint": "http://evil.example/token"},
    "keys elsewhere, unencrypted": {"jwks_uri": "http://evil.example/keys"},
    "no keys": {"jwks_uri": None},
    "no proof of the code": {"code_challenge_methods_supported": ["plain"]},
    "a file": {"authorization_endpoint": "file:///etc/passwd"},
}


@pytest.mark.parametrize("damage", list(METADATA))
def test_a_bank_that_publishes_something_else_is_not_asked(damage: str, house: House, provider: Provider) -> None:
    provider.metadata = METADATA[damage]
    browser = house.browser()
    answer = browser.get("/login/bank")
    assert answer.status_code == 502
    assert 'name="password"' in answer.text  # the accounts here go on
    assert "location" not in answer.headers


def test_where_the_bank_does_not_answer_the_accounts_here_go_on(house: House) -> None:
    house.kit.settings = load_settings(ROOT, environ("http://127.0.0.1:9"))
    browser = house.browser()
    assert browser.get("/login").status_code == 200
    assert browser.get("/login/bank").status_code == 502
    assert house.signed_in().get("/").status_code == 200


@pytest.mark.parametrize("answer", [b"{", b"[]", b"x" * 1_100_000, b'{"id_token": 7}', b'{"error": "invalid_grant"}'])
def test_an_answer_without_a_token_lets_nobody_in(answer: bytes, house: House, provider: Provider) -> None:
    provider.answer = lambda _made: answer
    assert signed_in(house) == 401


def test_keys_are_kept_changed_and_none_too_short(
    house: House, provider: Provider, other_key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [signed_in(house), signed_in(house)] == [200, 200]
    assert provider.asked.count("/keys") == provider.asked.count("/.well-known/openid-configuration") == 1
    new = jwk.ECKey.generate_key("P-256", {"kid": "k2", "use": "sig"})
    provider.published = [provider.key, new]
    provider.sign = lambda own, claims: own.signed(claims, new, kid="k2")
    assert signed_in(house) == 401  # asked for only a moment ago
    assert provider.asked.count("/keys") == 1
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    assert signed_in(house) == 200
    monkeypatch.setattr(module, "KEPT_S", 0.0)
    with_secret = jwk.OctKey.import_key("k" * 64, {"kid": "k3"})
    short = jwk.RSAKey.generate_key(1024, {"kid": "k4", "use": "sig"})
    provider.published = [with_secret, short, jwk.RSAKey.import_key(other_key.as_dict(), {"use": "enc", "kid": "k5"})]
    for key, kid in ((with_secret, "k3"), (short, "k4"), (other_key, "k5"), (new, "k2")):
        provider.sign = lambda own, claims, key=key, kid=kid: own.signed(claims, key, kid=kid)  # type: ignore[misc]
        assert signed_in(house) == 401


def test_a_key_of_an_unknown_kind_keeps_nobody_out(house: House, provider: Provider) -> None:
    known = provider.keys()["keys"]
    others = [{"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA", "kid": "a"}, {"kid": "b"}]
    others += [{"kty": "OKP", "crv": "X448", "x": "AAAA", "kid": "c"}, {"kty": "RSA", "kid": "d", "x5c": ["AA"]}]
    provider.keys = lambda: {"keys": [*others, *known]}  # type: ignore[method-assign]
    assert signed_in(house) == 200


def test_a_silent_bank_keeps_only_so_many_waiting(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 60.0)
    answers, told, more = threading.Event(), provider.discovery, 3
    provider.discovery = lambda: told() if answers.wait(60) else {}  # type: ignore[method-assign]
    bank = module.Bank(provider.issuer, CLIENT, SECRET)
    with ThreadPoolExecutor(module.MOST_ASKING + more) as threads:
        asking = [threads.submit(bank.metadata) for _ in range(module.MOST_ASKING + more)]
        try:
            first = list(islice(as_completed(asking, timeout=20), more))
        finally:
            answers.set()
        refused = [one.exception() for one in first]
        assert [getattr(one, "code", None) for one in refused] == ["answer"] * more
        assert sum(one.exception() is None for one in asking) == module.MOST_ASKING


def test_signing_out_ends_it_here_and_shows_the_way_out_there(house: House) -> None:
    browser = house.browser()
    browser.get(to_the_bank(browser))
    thief = house.browser()
    thief.cookies.set(COOKIE, browser.cookies[COOKIE])
    assert thief.get("/").status_code == 200
    answer = browser.post("/logout", headers=FROM_US)
    assert thief.get("/").status_code == 401
    page = browser.get(answer.headers["location"]).text
    assert "/end?client_id=rounds&amp;post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A8501%2Flogin" in page


def test_another_name_at_the_bank_ends_the_sessions_of_an_account_and_two_have_never_one(house: House) -> None:
    browser = house.browser()
    browser.get(to_the_bank(browser))
    with pytest.raises(BadLogin):
        house.change("root", subject="u-17")
    house.change(subject="u-19")
    assert browser.get("/").status_code == 401
    assert signed_in(house) == 403 or house.browser().get("/").status_code == 401


def test_an_account_for_the_bank_alone_has_no_password(house: House) -> None:
    logins = house.kit.store.logins
    logins.save(BOSS, Login("wu", Role.MANAGER, frozenset({HERE}), subject="u-20"), password="", now=NOW)
    for password in ("", " ", "x" * 12):
        answer = house.browser().post("/login", data={"name": "wu", "password": password}, headers=FROM_US)
        assert answer.status_code == 401


def test_nothing_of_the_person_the_code_or_the_secret_is_logged(
    house: House, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(safe_record)
    try:
        with caplog.at_level(logging.DEBUG):
            assert signed_in(house) == 200
            provider.claims = {"nonce": "wrong"}
            assert signed_in(house) == 401
            provider.claims, provider.person = {}, {"sub": "u-18"}
            assert signed_in(house) == 401
    finally:
        logging.setLogRecordFactory(before)
    told = [vars(one) for one in caplog.records]
    assert {one.get("fault") for one in told} >= {"nonce", "account"}
    for secret in ("u-17", "u-18", SECRET, "code=", "state="):
        assert secret not in str(told)
    assert SECRET not in repr(house.kit.settings)


@pytest.mark.parametrize(
    "said",
    [
        {"ISSUER": "http://bank.example"},
        {"ISSUER": "https://bank.example?x=1"},
        {"ISSUER": "bank.example"},
        {"CLIENT_ID": ""},
        {"SCOPE": "profile"},
        {"CLIENT_SECRET": "ключ"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_named(said: dict[str, str]) -> None:
    given = environ("https://bank.example", **said)
    with pytest.raises(BadSettings) as refused:
        load_settings(ROOT, given)
    assert "ROUNDS_OIDC_" in str(refused.value)
    assert "ключ" not in str(refused.value)


def test_without_an_issuer_there_is_no_such_door(made: Callable[..., House]) -> None:
    house = made()
    browser = house.browser()
    assert "/login/bank" not in browser.get("/login").text
    for path in ("/login/bank", "/login/bank/back?code=x&state=y"):
        answer = browser.get(path)
        assert answer.status_code in (303, 401)
        assert answer.headers.get("location", "/login") == "/login"
    assert replace(house.kit.settings, oidc_issuer="") == house.kit.settings
