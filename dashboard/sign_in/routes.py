"""The plain pages for signing in and out, for a password of one's own, and for who one is here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import doorkeeper as door
from dashboard import text as speech
from dashboard.gate import NEAR
from dashboard.phone.answers import Answering, limited_body, own_name, spoken
from dashboard.phone.choices import YEAR_S
from dashboard.principal import of_headers
from dashboard.services import Services
from dashboard.sign_in.alarms import alarms
from dashboard.sign_in.attempts import Attempts, Held, attempted
from dashboard.sign_in.bank_door import BankDoor
from dashboard.sign_in.keeper import GATE, Keeper
from dashboard.sign_in.sessions import told
from dashboard.sign_in.words import ROLES, WEAK
from dashboard.text import _
from planner.domain import Role
from planner.passwords import WeakPassword, hashed, require_strong
from planner.store import Login, Session

#: a way back that stays on this host: a path of ours with its query, no scheme, no second slash
BACK = re.compile(r"/(?![/\\])[\w/.:%&=?,+~-]{0,500}")
#: so many people may wait for their password to be checked; whoever comes then is asked to come again
MOST_WAITING = 20


@dataclass(frozen=True)
class SignInRoutes(Answering):
    """The routes, with the doorkeeper of the gate."""

    keeper: Keeper = field(kw_only=True)
    door: BankDoor = field(default_factory=BankDoor)
    attempts: Attempts = field(default_factory=Attempts)
    waiting: list[int] = field(default_factory=list)

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        return [
            Route("/login", self.form),
            Route("/login", self.sign_in, methods=["POST"]),
            Route("/login/alarms", self.alarms),
            Route("/logout", self.sign_out, methods=["POST"]),
            Route("/password", self.password_form),
            Route("/password", self.change_password, methods=["POST"]),
            Route("/account", self.account),
            Route("/account/others", self.sign_out_others, methods=["POST"]),
        ]

    @spoken
    def form(self, request: Request) -> Response:
        """Show the login page; who is signed in goes on to where he wanted to go."""
        wanted = request.query_params.get("language", "")
        session = self.session(request)
        if session is not None and wanted not in speech.LANGUAGES:
            return self.on(request, session.login, request.query_params.get("back", ""))
        with speech.speaking(wanted if wanted in speech.LANGUAGES else speech.current_language()):
            answer = self.login_page(request, back=request.query_params.get("back", ""))
        if wanted in speech.LANGUAGES:
            answer.set_cookie(speech.COOKIE, wanted, max_age=YEAR_S, samesite="lax", path="/")
        return answer

    @spoken
    def alarms(self, request: Request) -> Response:
        """Tell a desk whose manager was signed out by the clock which crews call for help; nothing to anybody else."""
        asleep = self.keeper.asleep(request.cookies, near=near(request))
        told = [] if asleep is None else alarms(self.services(), asleep)
        return JSONResponse({"told": told}, headers={"Cache-Control": "no-store"})

    async def sign_in(self, request: Request) -> Response:
        """Check who comes, or take a ready account of the demo, and open a session."""
        given = await sent(request)
        if len(self.waiting) >= MOST_WAITING:
            return Response("Too many at once", status_code=503, headers={"Retry-After": "5"})
        self.waiting.append(1)
        try:
            return await run_in_threadpool(self.checked, request, given)
        finally:
            self.waiting.pop()

    def checked(self, request: Request, given: Mapping[str, str]) -> Response:
        """Answer an attempt."""
        with self.language(request):
            logins, now = self.services().store.logins, self.services().now()
            back, name = given.get("back", ""), given.get("name", "").strip()
            if "ready" in given:
                login = self.keeper.ready(given["ready"]) if near(request) else None
                if login is None:
                    return self.login_page(request, back=back, status=403, said=_("There is no such account here."))
                return self.let_in(request, login, back)
            found = self.attempts.check(logins, name, given.get("password", ""), now)
            if isinstance(found, Held):
                minutes = -(-found.seconds // 60)
                said = _("Too many attempts. Try again in {n} min, or ask your administrator.").format(n=minutes)
                answer = self.login_page(request, back=back, status=429, said=said, name=name)
                answer.headers["Retry-After"] = str(found.seconds)
                return answer
            if found is None:
                said = _(
                    "This name and password do not let you in. Check both and try again, or ask your administrator."
                )
                return self.login_page(request, back=back, status=401, said=said, name=name)
            return self.let_in(request, found, back)

    def let_in(self, request: Request, login: Login, back: str) -> Response:
        """Open a session for a browser and send it on."""
        answer = self.on(request, login, back)
        old = request.cookies.get(self.keeper.cookie)
        token = self.keeper.begin(login, old=old, forgive=attempted(login.name))
        self.give(answer, token)
        if login.language in speech.LANGUAGES and speech.COOKIE not in request.cookies:
            answer.set_cookie(speech.COOKIE, login.language, max_age=YEAR_S, samesite="lax", path="/")
        return answer

    def give(self, answer: Response, token: str) -> None:
        """Let the browser keep a token until it is closed; no script can read it."""
        answer.set_cookie(self.keeper.cookie, token, httponly=True, samesite="lax", secure=self.keeper.secure, path="/")

    def on(self, request: Request, login: Login, back: str) -> Response:
        """Send somebody who is signed in to where he wanted to go."""
        if login.one_time_until is not None:
            return RedirectResponse(f"{self.prefix}/password", status_code=303)
        own = BACK.fullmatch(back) and not back.startswith(("/login", "/logout", "/password"))
        phone = "mobi" in request.headers.get("user-agent", "").lower()
        first = f"{self.prefix}/m" if login.role is Role.COLLECTOR and phone else f"{self.prefix}/"
        return RedirectResponse(back if own else first, status_code=303)

    async def sign_out(self, request: Request) -> Response:
        """End the session, in all tabs of the browser."""
        token = request.cookies.get(self.keeper.cookie)
        if token:
            await run_in_threadpool(self.keeper.end, token)
        answer = RedirectResponse(f"{self.prefix}/login?out=1", status_code=303)
        for name in (self.keeper.cookie, door.COOKIE):
            answer.delete_cookie(name, path="/", secure=self.keeper.secure, httponly=True, samesite="lax")
        return answer

    async def sign_out_others(self, request: Request) -> Response:
        """End one's sessions in other browsers; who has none of his own, as in the demo's tests, ends nothing."""
        token = request.cookies.get(self.keeper.cookie)
        if token and await run_in_threadpool(self.session, request) is not None:
            await run_in_threadpool(self.keeper.end_others, token)
        return RedirectResponse(f"{self.prefix}/account", status_code=303)

    @spoken
    def password_form(self, request: Request) -> Response:
        """Ask for a new password."""
        session = self.session(request)
        if session is None or session.login.ready:
            return RedirectResponse(f"{self.prefix}/login", status_code=303)
        return self.password_page(request, session.login)

    async def change_password(self, request: Request) -> Response:
        """Keep a new password; the old one is checked as at signing in."""
        given = await sent(request)
        return await run_in_threadpool(self.changed, request, given)

    def changed(self, request: Request, given: Mapping[str, str]) -> Response:
        """Answer a change of password."""
        with self.language(request):
            session = self.session(request)
            if session is None or session.login.ready:
                return RedirectResponse(f"{self.prefix}/login", status_code=303)
            login, new = session.login, given.get("new", "")
            logins, now = self.services().store.logins, self.services().now()
            found = self.attempts.check(logins, login.name, given.get("password", ""), now)
            if not isinstance(found, Login):
                said = _("That is not your present password, or there were too many attempts.")
                return self.password_page(request, login, status=401, said=said)
            if new != given.get("again", ""):
                return self.password_page(request, login, status=422, said=_("The two new passwords differ."))
            if new == given.get("password", ""):
                return self.password_page(request, login, status=422, said=_("The new password is the old one."))
            try:
                require_strong(new, login.name)
            except WeakPassword as error:
                return self.password_page(request, login, status=422, said=WEAK[error.code]())
            logins.change_password(GATE, login.name, hashed(new), now=now)
            answer = RedirectResponse(f"{self.prefix}/", status_code=303)
            self.give(answer, self.keeper.begin(login, forgive=attempted(login.name)))
            return answer

    @spoken
    def account(self, request: Request) -> Response:
        """Say who somebody is here, with the way out."""
        principal = of_headers(request.headers)
        demo = near(request) and self.keeper.demo_door()
        own, now = self.session(request), self.services().now()
        return self.page(
            request,
            "account.html",
            role=ROLES[principal.role](),
            who=principal.name,
            branches=", ".join(sorted(principal.branches)),
            crew=principal.crew or "",
            groups=self.groups(principal.name) if demo else [],
            password=own is not None and not own.login.ready and own.login.subject == "",
            sessions=[] if own is None else told(self.keeper.own_sessions(request.cookies[self.keeper.cookie]), now),
        )

    def session(self, request: Request) -> Session | None:
        """Give the living session of a browser, a demo's only while its door is open."""
        token = request.cookies.get(self.keeper.cookie)
        found = self.keeper.session(token) if token else None
        if found is None or not self.keeper.may(found[0].login, near=near(request)):
            return None
        return found[0]

    def login_page(self, request: Request, *, back: str, status: int = 200, said: str = "", name: str = "") -> Response:
        """Draw the login page."""
        demo = near(request) and self.keeper.demo_door()
        other = "en" if speech.current_language() == "zh" else "zh"
        back = back if BACK.fullmatch(back) else ""
        answer = self.page(
            request,
            "login.html",
            said=said,
            out="out" in request.query_params,
            asleep=self.keeper.asleep(request.cookies, near=near(request)) is not None,
            who=name[:60],
            back=back,
            groups=self.groups("") if demo else [],
            bank=f"{self.prefix}/login/bank?{urlencode({'back': back})}" if self.door.bank(self.services()) else "",
            bank_out=self.bank_out(request) if "out" in request.query_params else "",
            language_address=f"{self.prefix}/login?{urlencode({'language': other, 'back': back})}",
        )
        answer.status_code = status
        return answer

    def bank_out(self, request: Request) -> str:
        """Give where one signs out at the bank too, "" where its sign-in is not used or has no such place."""
        bank = self.door.bank(self.services())
        return "" if bank is None else bank.way_out(f"{own_address(request, self.services())}{self.prefix}/login")

    def password_page(self, request: Request, login: Login, *, status: int = 200, said: str = "") -> Response:
        """Draw the page for a new password."""
        first = login.one_time_until is not None
        answer = self.page(request, "password.html", said=said, who=login.name, first=first)
        answer.status_code = status
        return answer

    def groups(self, current: str) -> list[dict[str, Any]]:
        """Give the demo's ready accounts by role, the settings' role first."""
        ready, first = self.services().demo_roles(), self.services().settings.demo_role
        return [
            {
                "title": str(title()),
                "roles": [
                    {
                        "key": one.key,
                        "name": one.crew.name
                        if one.crew
                        else own_name(one.branch.name_en, one.branch.name_zh)
                        if one.branch
                        else _("All branches"),
                        "detail": own_name(one.branch.name_en, one.branch.name_zh)
                        if one.crew and one.branch
                        else (one.branch.code if one.branch else ""),
                        "current": one.key == current,
                    }
                    for one in ready
                    if one.principal.role is kind
                ],
            }
            for kind, title in sorted(ROLES.items(), key=lambda pair: pair[0] is not first)
        ]


def near(request: Request) -> bool:
    """Say whether the gate found that a request comes from this machine."""
    return bool(request.scope.get(NEAR, False))


def own_address(request: Request, services: Services) -> str:
    """Give under which address the browser came: as it is set, else the host that the gate has checked."""
    return services.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"


async def sent(request: Request) -> dict[str, str]:
    """Read a short form; one that no page of ours sends is an empty one."""
    body = await limited_body(request)
    try:
        fields = parse_qs((body or b"").decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
