"""Who is asking: the gate writes it into a header, pages and routes read it there, and no header means nobody.

The gate strips every inbound header of this family, so the value can only be the gate's own.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from planner.domain import Principal, Role

HEADER = "x-rounds-principal"


class NobodySignedIn(PermissionError):
    """The request carries no principal: it did not come through the gate, or the gate knew nobody."""


def to_header(principal: Principal) -> str:
    """Write a principal as a header value (ASCII).

    >>> to_principal(to_header(Principal("林", Role.COLLECTOR, frozenset({"YX01"}), "c1"))).name
    '林'
    """
    fields = {
        "name": principal.name,
        "role": principal.role.value,
        "branches": sorted(principal.branches),
        "crew": principal.crew,
    }
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()


def to_principal(value: str | None) -> Principal:
    """Read a principal from a header value.

    Raises
    ------
    NobodySignedIn
        If there is no value or it cannot be read.
    """
    if not value:
        raise NobodySignedIn("nobody is signed in")
    try:
        fields = json.loads(base64.urlsafe_b64decode(value))
        principal = Principal(
            fields["name"], Role(fields["role"]), frozenset(map(str, fields["branches"])), fields["crew"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NobodySignedIn("the identity of this request cannot be read") from error
    if not isinstance(principal.name, str) or not principal.name:
        raise NobodySignedIn("nobody is signed in")
    return principal


def of_headers(headers: Mapping[str, str]) -> Principal:
    """Give the principal of a request to one of our own routes.

    Raises
    ------
    NobodySignedIn
        If the request carries none.
    """
    return to_principal(headers.get(HEADER))


def current_principal() -> Principal:
    """Give the principal of the Streamlit session that runs this page.

    Raises
    ------
    NobodySignedIn
        If the session carries none, as in a page run outside the application.
    """
    import streamlit as st

    return of_headers(st.context.headers)
