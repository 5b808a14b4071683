"""The crews' safety on the manager's board: calls for help first, crews not heard of next, then who is out and back.

Only the branch's own managers see it. It is for nothing but that everybody comes home: no figure of it is summed up,
and no page compares crews by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from config.safety import load_safety
from dashboard import formats
from dashboard.maps.escape import escape
from dashboard.screens.board_read import day_read
from dashboard.screens.board_safety_words import DONE, STYLE, missed_told, sign_told, state_told
from dashboard.screens.debtor_card import plain
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Crew, Principal, Role
from planner.safety import BRANCH_PHONE, CHECK_IN, CREW_PHONE, Alert, Duty, Kind, Level, WayStop
from planner.tables import SAFETY_ENTRIES, conform
from planner.view.day_read import DayRead
from planner.view.safety import CrewSafety, recent_alerts, safety_of

LONGEST_NUMBER = 30
#: the same note again within this is the same click
SAME_CLICK = timedelta(seconds=5)


def show(kit: Services, principal: Principal, read: DayRead) -> tuple[CrewSafety, ...]:
    """Show what needs somebody at once, and give how it stands with every crew for ``table``; nothing to others."""
    if principal.role is not Role.MANAGER:
        return ()
    branch, terms, now = read.branch, load_safety(), kit.now()
    zone = ZoneInfo(branch.timezone)
    today = now.astimezone(zone).date()
    crews = safety_of(kit.store, principal, read, terms, now=now)
    out = crews
    if read.day != today:
        out = safety_of(kit.store, principal, day_read(kit, principal, branch, today), terms, now=now)
    alerts = recent_alerts(kit.store, principal, branch, terms, now=now)
    silent = [one for one in out if one.watch.level is not Level.CALM]
    if alerts or silent:
        st.html(f"<style>{STYLE}</style>")
        names = read.names
        for crew, alert in alerts:
            known = next((one for one in out if one.crew.crew_id == crew.crew_id), None)
            call(kit, principal, branch, crew, alert, known, names)
        for one in sorted(silent, key=lambda one: (one.watch.level is Level.LATE, one.watch.deadline)):
            late(kit, principal, branch, one, names)
    return crews


def call(
    kit: Services,
    principal: Principal,
    branch: Branch,
    crew: Crew,
    alert: Alert,
    known: CrewSafety | None,
    names: Mapping[str, str],
) -> None:
    """Show a call for help, and what can be noted of it."""
    zone = ZoneInfo(branch.timezone)
    title = _("{crew} calls for help").format(crew=crew.name)
    at = alert.entry.at.astimezone(zone)
    lines = [_("Alert of {when}").format(when=f"{formats.day(at.date())} {formats.clock(at)}")]
    lines.append(reach(kit, principal, branch, crew))
    if known is not None:
        lines += list(whereabouts(known, names, zone))
    lines += [seen_told(one.said, one.at, zone) for one in alert.seen]
    box("alarm", title, lines)
    acts(kit, principal, branch, crew, alert.entry.entry_id)


def late(kit: Services, principal: Principal, branch: Branch, one: CrewSafety, names: Mapping[str, str]) -> None:
    """Show a crew that was not heard of in time: what triggered it and when."""
    zone, seen, missed = ZoneInfo(branch.timezone), one.watch, one.watch.open_missed
    since = formats.clock(seen.deadline.astimezone(zone)) if seen.deadline else ""
    if seen.level is Level.CALL:
        title = _("Please call {crew}: nothing was heard since {time}").format(crew=one.crew.name, time=since)
    else:
        title = _("{crew} is late to check in since {time}").format(crew=one.crew.name, time=since)
    lines = [missed_told(missed, zone, load_safety().check_in_min.value)] if missed else []
    lines += list(whereabouts(one, names, zone))
    lines.append(reach(kit, principal, branch, one.crew))
    if missed:
        lines += [seen_told(each.said, each.at, zone) for each in missed.seen]
    box("call" if seen.level is Level.CALL else "late", title, lines)
    acts(kit, principal, branch, one.crew, CHECK_IN)


def whereabouts(one: CrewSafety, names: Mapping[str, str], zone: ZoneInfo) -> Iterator[str]:
    """Say where the crew was last and where it was to go, by plan and record: nobody is located."""

    def named(stop: WayStop) -> str:
        return f"{stop.shown} · {names.get(stop.debtor_id) or stop.debtor_id}"

    if one.last_stop is not None:
        yield _("Last stop with an entry: {stop}").format(stop=named(one.last_stop))
    if one.watch.stop is not None:
        planned = formats.clock(one.watch.stop.leaves_at.astimezone(zone))
        yield _("Next by the plan: {stop}, to be over at {time}").format(stop=named(one.watch.stop), time=planned)
    elif one.watch.deadline is not None:
        yield _("By the plan on the way back")


def reach(kit: Services, principal: Principal, branch: Branch, crew: Crew) -> str:
    """Say how the crew is reached."""
    phone = phone_of(kit, principal, branch, crew)
    if phone:
        return _("Phone of the crew: {phone}").format(phone=phone)
    return _("No phone of the crew is on record: enter it below, under “Numbers”.")


def phone_of(kit: Services, principal: Principal, branch: Branch, crew: Crew) -> str:
    """Give the crew's number, empty where none was entered."""
    return str(kit.store.setting(principal, branch.code, CREW_PHONE + crew.crew_id) or "")


def seen_told(said: str, at: datetime, zone: ZoneInfo) -> str:
    """Say what a manager noted."""
    return f"{formats.clock(at.astimezone(zone))} · {_(DONE.get(said, said))}"


def box(kind: str, title: str, lines: Sequence[str]) -> None:
    """Draw a box that cannot be missed; every text of it is escaped."""
    sign = {"alarm": "⚠", "call": "☎", "late": "!"}[kind]
    told = "".join(f"<li>{escape(one)}</li>" for one in lines if one)
    st.html(
        f'<div class="safety {kind}" role="alert"><b><span aria-hidden="true">{sign}</span> {escape(title)}</b>'
        f"<ul>{told}</ul></div>"
    )


def acts(kit: Services, principal: Principal, branch: Branch, crew: Crew, about: str) -> None:
    """Offer to note what was done; two of the notes say that the crew was spoken to, and end it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for done, text in DONE.items():
            st.button(
                _(text),
                key=f"safety {about} {crew.crew_id} {done}",
                on_click=note,
                args=(kit, principal, branch, crew, about, done),
            )


def note(kit: Services, principal: Principal, branch: Branch, crew: Crew, about: str, done: str) -> None:
    """Keep what a manager did; once, however often a page that renews itself meanwhile passes the click on."""
    now = kit.now()
    day = now.astimezone(ZoneInfo(branch.timezone)).date()
    known = kit.store.safety_entries(principal, branch.code, day, day)
    # Of crews that are late together each note is about the same: they differ by the crew alone.
    mine = (known["crew_id"] == crew.crew_id) & (known["recorded_by"] == principal.name)
    same = known[mine & (known["about"] == about) & (known["said"] == done)]
    if (same["happened_at"] > pd.Timestamp(now - SAME_CLICK)).any():
        return
    row = {
        "entry_id": str(uuid4()), "branch": branch.code, "crew_id": crew.crew_id,
        "day_on": pd.Timestamp(day), "kind": Kind.SEEN.value, "minutes": 0,
        "about": about, "said": done, "happened_at": now, "recorded_at": now, "recorded_by": principal.name,
    }  # fmt: skip
    kit.store.record_safety(principal, branch.code, conform(pd.DataFrame([row]), SAFETY_ENTRIES), now=now)


def table(kit: Services, principal: Principal, branch: Branch, crews: Sequence[CrewSafety]) -> None:
    """Show who is out and who is back, what was missed, and whom to call."""
    if not crews:
        return
    zone = ZoneInfo(branch.timezone)

    def clock(at: datetime | None) -> str | None:
        return None if at is None else formats.clock(at.astimezone(zone))

    rows = [
        {
            "crew": one.crew.name,
            "shift": formats.span(one.starts_at, one.ends_at) if one.starts_at else None,
            "state": state_told(one, kit.now()),
            "phone": phone_of(kit, principal, branch, one.crew) or None,
            "begun": clock(one.watch.begun_at) if one.watch.tapped else None,
            "last": sign_told(one.watch.last, zone),
            "due": clock(one.watch.deadline),
            "back": clock(one.watch.ended_at),
            "marks": marks_told(one),
        }
        for one in crews
    ]
    st.markdown(f"**{_('Out and back')}**")
    if told := unstarted(crews, kit.now()):
        st.markdown(f":orange-badge[:material/help: {plain(told)}]")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        placeholder=formats.UNKNOWN,
        column_config={
            # As wide as what stands in them: what the crews' state is must not be cut.
            "crew": st.column_config.TextColumn(_("Crew"), width=130),
            "shift": st.column_config.TextColumn(_("Shift"), width=96),
            "state": st.column_config.TextColumn(_("State"), width=250),
            "phone": st.column_config.TextColumn(_("Phone"), width=110),
            "begun": st.column_config.TextColumn(_("Started"), width=64),
            "last": st.column_config.TextColumn(_("Last sign"), width=180),
            "due": st.column_config.TextColumn(_("Next sign by"), width=96),
            "back": st.column_config.TextColumn(_("Back"), width=56),
            "marks": st.column_config.TextColumn(_("Marked")),
        },
    )
    history(crews, zone)
    st.caption(_(
        "For safety only: no position is known, nothing of this is learnt from, and no crew or person is compared or "
        "judged by it."
    ))  # fmt: skip
    phones(kit, principal, branch, [one.crew for one in crews])


def unstarted(crews: Sequence[CrewSafety], now: datetime) -> str:
    """Say which crews should be out and have not said so: nobody waits for a sign of them; "" where none.

    No call is asked for: who never taps the button would be a false alarm every day. But somebody should know.
    """
    names = [
        one.crew.name
        for one in crews
        if one.watch.duty is Duty.NOT_BEGUN and (one.ends_at is None or now <= one.ends_at)
    ]
    if not names:
        return ""
    return _(
        "Shift begun by the plan, not on the phone: {crews}. No check-in runs for them; ask whether they are out."
    ).format(crews=_(", ").join(names))


def marks_told(one: CrewSafety) -> str | None:
    """Say what was recorded late or outside the shift."""
    parts = []
    if one.watch.marks:
        parts.append(n_("{n} entry late or outside the shift", "{n} entries late or outside the shift",
                        len(one.watch.marks)))  # fmt: skip
    if one.watch.outside:
        parts.append(n_("{n} outcome outside the shift", "{n} outcomes outside the shift", one.watch.outside))
    return " · ".join(parts) or None


def history(crews: Sequence[CrewSafety], zone: ZoneInfo) -> None:
    """List the day's alerts and missed check-ins, over ones too, with what triggered and what ended them."""
    lines = []
    for one in crews:
        for alert in one.watch.alerts:
            end = [seen_told(each.said, each.at, zone) for each in alert.seen]
            if alert.withdrawn is not None:
                end.append(f"{formats.clock(alert.withdrawn.at.astimezone(zone))} · {_('false alarm, taken back')}")
            at = formats.clock(alert.entry.at.astimezone(zone))
            lines.append(
                (alert.entry.at, f"{at} · **{plain(one.crew.name)}** {_('called for help')} · {' · '.join(end)}")
            )
        for missed in one.watch.missed:
            end = [seen_told(each.said, each.at, zone) for each in missed.seen]
            if missed.until is not None:
                heard = formats.clock(missed.until.astimezone(zone))
                end.append(_("heard of at {time}").format(time=heard))
            if missed.late_line:
                end.append(_("the crew had given a sign in time, its phone had no line"))
            told = missed_told(missed, zone, load_safety().check_in_min.value)
            lines.append((missed.deadline, f"**{plain(one.crew.name)}** · {plain(told)} · {' · '.join(end)}"))
    if lines:
        label = n_("{n} alert or missed check-in of the day", "{n} alerts and missed check-ins of the day", len(lines))
        with st.expander(label, icon=":material/health_and_safety:"):
            for _at, line in sorted(lines, reverse=True):
                st.markdown(line)


def phones(kit: Services, principal: Principal, branch: Branch, crews: Sequence[Crew]) -> None:
    """Let the manager enter the number that crews call, and theirs."""
    with st.popover(_("Numbers"), icon=":material/call:"):
        wanted = {BRANCH_PHONE: _("Branch, shown to crews that call for help")}
        wanted |= {CREW_PHONE + one.crew_id: one.name for one in crews}
        said = {}
        for name, label in wanted.items():
            kept = str(kit.store.setting(principal, branch.code, name) or "")
            said[name] = (kept, st.text_input(label, kept, max_chars=LONGEST_NUMBER, key=f"{name} {branch.code}"))
        if st.button(_("Save"), key="safety_phones"):
            for name, (kept, now) in said.items():
                if now.strip() != kept:
                    kit.store.save_setting(principal, branch.code, name, now.strip(), now=kit.now())
            st.rerun()
