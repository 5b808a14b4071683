"""Add, correct or close a contact point: by pointing on the map, by the written address, or after a visit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import formats, maps
from dashboard.screens.debtor_card import plain
from dashboard.screens.debtor_words import HOW
from dashboard.screens.overdue_load import street_index
from dashboard.screens.review_form import new_id, saved
from dashboard.services import Services
from dashboard.text import _, current_language, distinct
from dashboard.text.words import ACCURACIES, PLACE_KINDS, word
from geodata.geocoding.answer import AMBIGUOUS, Located
from planner.domain import Branch, Principal
from planner.store import PlaceWord
from planner.view.debtor import DebtorView

#: accuracy offered for each way, in metres
OFFERED = {"visit": 20, "map": 50, "document": 100, "address": 100}
#: the least and the most that may be said of it; a list may say less or more
EXACT = (5, 20_000)
MAP = "pointing"


@st.dialog(" ", width="large")
def show(kit: Services, principal: Principal, view: DebtorView) -> None:
    """Ask which point, and what about it."""
    st.markdown("##### " + _("Contact point"))
    ids = ["", *view.places["place_id"]]
    by_id = {str(row["place_id"]): row for row in view.places.to_dict("records")}
    words = distinct({one: named(by_id.get(one)) for one in ids})
    place_id = str(
        st.selectbox(_("Which"), ids, index=ids.index(to_correct(view.places)), format_func=words.__getitem__) or ""
    )
    old = by_id.get(place_id, {})
    kinds = list(PLACE_KINDS)
    left, right = st.columns(2)
    kind = left.selectbox(
        _("Kind"), kinds, index=kinds.index(str(old.get("kind", "home"))), format_func=lambda one: _(PLACE_KINDS[one]),
        key=f"kind {place_id}",
    )  # fmt: skip
    # Who sits here points at a map; a crew that was there says so.
    ways = list(HOW)
    how = str(
        right.selectbox(_("How is it known?"), ways, index=ways.index("map"), format_func=lambda one: _(HOW[one]))
    )
    address = st.text_input(_("Written address"), value=str(old.get("address", "")), key=f"address {place_id}",
                            max_chars=200)  # fmt: skip
    # A map of its own for each point: what was pointed at for one is no word on another.
    lon, lat, metres = position(kit, principal, view, address or "", how, old, f"{MAP}{ids.index(place_id)}")
    accuracy = st.number_input(_("Accuracy in metres"), *EXACT, value=sayable(metres), step=5,
                               key=f"accuracy {place_id} {how} {metres:.0f}")  # fmt: skip
    known = math.isfinite(lon) and math.isfinite(lat)
    if known:
        st.caption(_("Position {lon}, {lat} (WGS-84)").format(lon=f"{lon:.6f}", lat=f"{lat:.6f}"))
    else:
        st.caption(_("No position yet: point on the map, or look the address up."))
    with st.container(horizontal=True):
        if st.button(_("Save"), type="primary", disabled=not (known or (address or "").strip())):
            what = f"place {view.debtor_id}"
            put = PlaceWord(
                view.debtor_id, str(kind), lon, lat, float(accuracy), how, place_id, (address or "").strip()
            )
            kit.store.put_place(principal, view.branch.code, put, change_id=new_id(what), now=kit.now())
            saved(what)
            st.rerun()
        if place_id:
            is_open = bool(old["open"])
            label = _("Close: nobody is met there") if is_open else _("Open again")
            if st.button(label, icon=":material/location_off:" if is_open else ":material/location_on:"):
                what = f"close {place_id}"
                kit.store.close_place(
                    principal, view.branch.code, place_id, change_id=new_id(what), now=kit.now(), reopen=not is_open
                )
                saved(what)
                st.rerun()
    st.caption(_("What the list said is kept in the history, and the next list does not undo this."))


def to_correct(places: pd.DataFrame) -> str:
    """Give the open point that most wants a correction: without a position, else the roughest; "" if none does.

    >>> to_correct(pd.DataFrame({"place_id": ["a", "b"], "open": True, "lon": 1.0, "accuracy_m": [20, 4e3]}))
    'b'
    """
    wanting = places["lon"].isna() | places["accuracy_m"].gt(OFFERED["address"])
    rough = places[places["open"].astype(bool) & wanting]
    if rough.empty:
        return ""
    order = rough["accuracy_m"].where(rough["lon"].notna(), np.inf).sort_values(ascending=False, kind="stable")
    return str(rough.loc[order.index[0], "place_id"])


def sayable(metres: float) -> int:
    """Give an accuracy within what may be said.

    >>> sayable(3.0), sayable(50.0), sayable(35_000.0)
    (5, 50, 20000)
    """
    return int(min(max(metres, EXACT[0]), EXACT[1]))


def named(place: object) -> str:
    """Name a contact point in the list to choose from."""
    if not isinstance(place, dict):
        return _("A new contact point")
    parts = [word(PLACE_KINDS, place["kind"]), plain(place["address"]), "" if place["open"] else _("closed")]
    return " · ".join(part for part in parts if part)


def district_named(kit: Services, principal: Principal, branch: Branch, code: str) -> str:
    """Name a district in the session's language; by its code where the branch's ground does not have it."""
    districts = kit.store.regions(principal, branch.road_region)
    row = districts[districts["code"] == code]
    if not code or row.empty:
        return code or _("District unknown")
    chinese, english = str(row["name_zh"].iloc[0]), str(row["name_en"].iloc[0])
    return plain((chinese or english) if current_language() == "zh" else (english or chinese))


def position(
    kit: Services,
    principal: Principal,
    view: DebtorView,
    address: str,
    how: str,
    old: dict[object, object],
    name: str,
) -> tuple[float, float, float]:
    """Give lon, lat and accuracy: what was pointed at, what the address gives, else what is known already."""
    ground = kit.ground(view.branch)
    lon, lat, metres = (float(str(old.get(part, "nan"))) for part in ("lon", "lat", "accuracy_m"))
    before = lon, lat, OFFERED[how] if pd.isna(metres) else metres
    if how == "address":
        if address.strip():
            index = street_index(kit, view.branch.road_region)
            there = index(address)
            if isinstance(there, Located):
                st.caption(_("Found: {district}, {accuracy}, ± {distance}").format(
                    district=district_named(kit, principal, view.branch, there.district),
                    accuracy=_(ACCURACIES[there.accuracy]), distance=formats.distance(there.accuracy_m)))  # fmt: skip
                if there.accuracy != "exact":
                    st.caption(_("The house itself is not known: point on the map if you know it."))
                return there.lon, there.lat, there.accuracy_m
            if there == AMBIGUOUS:
                st.caption(_("This address fits several places, or a street that is not in this district: write the "
                             "district, or point on the map."))  # fmt: skip
            elif math.isfinite(lon) and math.isfinite(lat):
                st.caption(_("This address is not in the street index: the position stays as it was."))
            else:
                st.caption(_("This address is not in the street index."))
        return before
    at = maps.pointed(ground, name)
    maps.show(maps.contact_map(view.places, ground, name=name, pin=at), height=300, pointing=True)
    st.caption(_("Click on the map where it is."))
    if at is not None:
        return (*at, OFFERED[how])
    return before
