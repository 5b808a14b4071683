"""The two routes of the bank's own sign-in: to the bank, and back with its word into a session like any other."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.phone.answers import Answering, spoken
from dashboard.sign_in.bank import Attempt, NotFromTheBank
from dashboard.sign_in.bank_door import WITHIN
from dashboard.sign_in.keeper import GATE
from dashboard.sign_in.routes import BACK, SignInRoutes, own_address
from dashboard.text import _
from planner.store import Login

LOG = logging.getLogger("rounds.sign_in")
#: names of the cookie that binds an attempt to its browser, as those of the session
COOKIE, SECURE_COOKIE = "rounds_attempt", "__Host-rounds_attempt"
PATH, PATH_BACK = "/login/bank", "/login/bank/back"


@dataclass(frozen=True)
class BankRoutes(Answering):
    """The routes, beside those of the accounts here."""

    sign_in: SignInRoutes = field(kw_only=True)

    @property
    def cookie(self) -> str:
        """Give the name of the cookie."""
        return SECURE_COOKIE if self.sign_in.keeper.secure else COOKIE

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        return [Route(PATH, self.begin), Route(PATH_BACK, self.returned)]

    @spoken
    def begin(self, request: Request) -> Response:
        """Send a browser to the bank."""
        bank, back = self.sign_in.door.bank(self.services()), request.query_params.get("back", "")
        back = back if BACK.fullmatch(back) else ""
        if bank is None:
            return RedirectResponse(f"{self.prefix}/login", status_code=303)
        return_to = f"{own_address(request, self.services())}{self.prefix}{PATH_BACK}"
        attempt = Attempt(return_to, back, self.services().now())
        try:
            answer = RedirectResponse(bank.address(attempt), status_code=303)
        except NotFromTheBank as error:
            return self.refused(request, error, back)
        kept = {"max_age": int(WITHIN.total_seconds()), "path": "/"}
        token = self.sign_in.door.begin(attempt)
        # Lax: it has to come along when the bank sends the browser back.
        answer.set_cookie(self.cookie, token, httponly=True, samesite="lax", secure=self.sign_in.keeper.secure, **kept)  # type: ignore[arg-type]
        return answer

    @spoken
    def returned(self, request: Request) -> Response:
        """Take the bank's word for who came, where it is one."""
        bank, now = self.sign_in.door.bank(self.services()), self.services().now()
        attempt = self.sign_in.door.take(request.cookies.get(self.cookie, ""), now)
        back = attempt.back if attempt else ""
        try:
            if bank is None or attempt is None:
                raise NotFromTheBank("flow")
            query = dict(request.query_params)
            if len(query) != len(request.query_params.multi_items()):
                raise NotFromTheBank("state")  # a word said twice is said by somebody else too
            answer = self.known(request, bank.person(attempt, query, now), back)
        except NotFromTheBank as error:
            answer = self.refused(request, error, back)
        answer.delete_cookie(self.cookie, path="/", secure=self.sign_in.keeper.secure, httponly=True, samesite="lax")
        return answer

    def known(self, request: Request, subject: str, back: str) -> Response:
        """Let in whom an account here belongs to; nobody gets one by coming."""
        logins, now = self.services().store.logins, self.services().now()
        login: Login | None = logins.of_subject(GATE, subject)
        if login is not None and not login.disabled and not login.ready:
            return self.sign_in.let_in(request, login, back)
        of = hashlib.sha256(b"subject " + subject.encode()).hexdigest()
        logins.fail(GATE, (of,), login=login.name if login else "", now=now)
        LOG.warning("somebody whom the bank knows has no account here", extra={"fault": "account"})
        said = _("The bank knows you, but there is no account for you here. Ask your administrator for one.")
        return self.sign_in.login_page(request, back=back, status=403, said=said)

    def refused(self, request: Request, error: NotFromTheBank, back: str) -> Response:
        """Say that it did not work; why is for the log, since whoever tampers should learn nothing."""
        LOG.warning("the bank's sign-in let nobody in", extra={"fault": error.code})
        if error.code in ("answer", "metadata"):
            said, status = _("The bank's sign-in does not answer. Try again in a while."), 502
        else:
            said, status = _("Signing in at the bank did not work. Begin once more, on this page."), 401
        return self.sign_in.login_page(request, back=back, status=status, said=said)
