"""What a page's address says of its view, and how a page writes it there. Ids, days and numbers only, never a name.

What an address says is a wish: a page reads it once a visit, takes what it knows of it, and writes what it shows. So a
reload and a link sent to somebody else show the same; rights are asked as ever. The week page has more to say and does
so in ``week_address``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import streamlit as st


def day_asked(name: str = "day") -> date | None:
    """Give the day that the address asks for; None where it names none, or none that there is."""
    return day_of(str(st.query_params.get(name, "")))


def day_of(text: str) -> date | None:
    """Read a day.

    >>> day_of("2026-11-30"), day_of("2026-02-30"), day_of("<x>")
    (datetime.date(2026, 11, 30), None, None)
    """
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-30") else None
    except ValueError:
        return None


def one_asked(name: str, there: Collection[str]) -> str | None:
    """Give what the address asks for where there is such a thing."""
    said = str(st.query_params.get(name, ""))
    return said if said in there else None


def some_asked(name: str, there: Collection[str]) -> list[str] | None:
    """Give those of a list that there are; None where the address says nothing of it."""
    if name not in st.query_params:
        return None
    return [one for one in str(st.query_params[name]).split(",") if one in there]


def begin_with(key: str, value: object | None) -> None:
    """Let a widget begin with what the address asks for; once somebody has chosen, that counts."""
    if value is not None:
        st.session_state.setdefault(key, value)


def say(**parts: str | date | Iterable[str] | None) -> None:
    """Let the address say what is shown; None leaves a part out. Parts that are not named stay as they are."""
    for name, value in parts.items():
        text = written(value)
        if text is None:
            if name in st.query_params:
                del st.query_params[name]
        elif st.query_params.get(name) != text:
            st.query_params[name] = text


def written(value: str | date | Iterable[str] | None) -> str | None:
    """Write a part of an address.

    >>> from datetime import date
    >>> written(date(2026, 11, 30)), written(["a", "b"]), written(None)
    ('2026-11-30', 'a,b', None)
    """
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else ",".join(value)
