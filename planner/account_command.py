"""The command ``account``: who may sign in, from the terminal of the machine, where the first administrator is made."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from geodata.arguments import Arguments
from planner.domain import PEOPLE, Principal, Role
from planner.passwords import hashed, one_time
from planner.store import BadLogin, Login, Store, UnknownLogin

WHO = "account command"
#: a password that was given is to be changed within this
GOOD_FOR = timedelta(days=7)


def account_command(argv: Sequence[str], *, store: Store, now: datetime, demo_door: bool = False) -> int:
    """Add, change or list; 0 done, 2 where it cannot be.

    Parameters
    ----------
    demo_door
        Whether the database is the demo's and the settings let the demo's ready accounts in.
    """
    given = parser().parse_args(argv)
    codes = store.branch_codes(Principal(WHO, Role.ADMINISTRATOR, frozenset()))
    asking = Principal(WHO, Role.ADMINISTRATOR, frozenset(codes))
    say: Callable[[str], object] = sys.stdout.write
    try:
        if given.deed == "list":
            say(told(store.logins.listed(asking), as_json=given.json))
            return 0
        if given.deed == "add":
            if any(one.name.lower() == given.name.lower() for one in store.logins.listed(asking)):
                raise BadLogin("name", f"there is an account {given.name!r} already")
            login = Login(given.name, Role(given.role), frozenset(given.branch), given.crew, given.language)
            if given.subject:
                store.logins.save(asking, replace(login, subject=given.subject), password="", now=now)
                say(f"{given.name} signs in at the bank, as {given.subject}.\n")
            else:
                give_password(store, asking, login, now, say)
            if demo_door:
                say(
                    "This is the demo's database: at this machine anybody may take one of its ready accounts, "
                    "unless ROUNDS_SIGN_IN=accounts is set (docs/accounts.md).\n"
                )
            return 0
        login = store.logins.get(asking, given.name)
        if given.deed == "password":
            give_password(store, asking, login, now, say)
        elif given.deed == "role":
            changed = replace(login, role=Role(given.role), branches=frozenset(given.branch), crew=given.crew)
            store.logins.save(asking, changed, now=now)
            say(f"{login.name} is {given.role} now.\n")
        elif given.deed == "subject":
            store.logins.save(asking, replace(login, subject=given.subject), now=now)
            say(f"{login.name} {f'signs in at the bank as {given.subject}' if given.subject else 'is nobody there'}.\n")
        else:
            store.logins.save(asking, replace(login, disabled=given.deed == "disable"), now=now)
            say(f"{login.name} {'is out, in all open tabs' if given.deed == 'disable' else 'may sign in again'}.\n")
    except UnknownLogin:
        sys.stderr.write(f"There is no account {given.name!r}.\n")
        return 2
    except BadLogin as error:
        sys.stderr.write(f"{str(error)[:1].upper()}{str(error)[1:]}.\n")
        return 2
    return 0


def give_password(store: Store, asking: Principal, login: Login, now: datetime, say: Callable[[str], object]) -> None:
    """Keep a login with a password that is good once, and say it."""
    password = one_time()
    until = (now + GOOD_FOR).replace(microsecond=0)
    store.logins.save(asking, replace(login, one_time_until=until), password=hashed(password), now=now)
    say(f"{login.name}: one-time password  {password}\n")
    say(f"It is shown this once, is good for {GOOD_FOR.days} days and is changed at the first sign-in.\n")


def told(found: Sequence[Login], *, as_json: bool) -> str:
    """Give the accounts as lines or as JSON; nothing of their passwords."""
    people = [one for one in found if not one.ready]
    if as_json:
        rows = [
            {
                "name": one.name,
                "role": one.role.value,
                "branches": sorted(one.branches),
                "crew": one.crew,
                "disabled": one.disabled,
                "one_time_until": None if one.one_time_until is None else one.one_time_until.isoformat(),
            }
            for one in people
        ]
        return json.dumps(rows, ensure_ascii=False) + "\n"
    if not people:
        return "Nobody has an account yet: python -m planner account add NAME --role administrator\n"
    return "".join(map(line, people))


def line(one: Login) -> str:
    """Give an account as a line."""
    state = "disabled" if one.disabled else "one-time password" if one.one_time_until else ""
    where = " ".join(sorted(one.branches)) or "-"
    return f"{one.name:24} {one.role.value:14} {where:20} {one.crew or '-':10} {state}".rstrip() + "\n"


def parser() -> Arguments:
    """Describe the command's arguments."""
    made = Arguments(prog="python -m planner account", description="Say who may sign in, and as what.")
    deeds = made.add_subparsers(dest="deed", required=True, metavar="add|list|role|password|subject|disable|enable")
    listing = deeds.add_parser("list", help="list the accounts")
    listing.add_argument("--json", action="store_true", help="as JSON")
    adding = deeds.add_parser("add", help="add an account; its one-time password is shown once")
    for one in (adding, deeds.add_parser("role", help="give an account another role, other branches or another crew")):
        one.add_argument("name", help="the name to sign in with")
        one.add_argument("--role", required=True, choices=[role.value for role in PEOPLE])
        one.add_argument("--branch", action="append", default=[], help="code of a branch; may be repeated")
        one.add_argument("--crew", help="a collector's crew")
    adding.add_argument("--language", choices=("", "en", "zh"), default="", help="language at first")
    naming = deeds.add_parser("subject", help="say who an account is at the bank's own sign-in; all sessions end")
    naming.add_argument("name", help="the name to sign in with")
    for one in (adding, naming):
        one.add_argument("--subject", default="", help="who this is at the bank's own sign-in; empty: not used")
    for deed, told_of in (
        ("password", "give a new one-time password; all sessions end"),
        ("disable", "keep an account out, at once"),
        ("enable", "let it in again"),
    ):
        deeds.add_parser(deed, help=told_of).add_argument("name", help="the name to sign in with")
    return made
