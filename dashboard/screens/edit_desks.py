"""Plans opened to be changed, kept at hand for a while: opening one takes a moment, every change after it does not."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import streamlit as st

from config.parameters import load as load_parameters
from config.roads import roads_of
from config.rules import load_pack
from dashboard.beforehand import Beforehand
from dashboard.screens.who import audience
from dashboard.services import Services
from planner.agency import with_bank
from planner.desk import Desk, Known, Offer, keep, make, open_desk, read_known, times_of_desk, weigh
from planner.domain import Branch, Collector, Crew, Principal
from planner.editing import Command, Refusal
from planner.means import Means
from planner.routing.explain import left_out_of
from planner.store import SavedPlan

LOG = logging.getLogger("rounds")

#: so many opened plans are kept; one of a large branch holds a matrix of a hundred megabytes, shared by its children
KEPT = 6

#: what is known of a branch is read again when it is older
FRESH = timedelta(seconds=60)


@dataclass
class Shelf:
    """The opened plans of this process by plan, the least used one going first."""

    desks: OrderedDict[str, Desk] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    opening: set[str] = field(default_factory=set)
    answers: OrderedDict[tuple[object, ...], Offer | Refusal] = field(default_factory=OrderedDict)
    made: Beforehand[Desk] = field(default_factory=Beforehand)

    def begin(self, plan_id: str) -> bool:
        """Say that a plan is being opened; False where somebody does so already."""
        with self.lock:
            if plan_id in self.opening:
                return False
            self.opening.add(plan_id)
            return True

    def end(self, plan_id: str) -> None:
        """Say that opening a plan is over."""
        with self.lock:
            self.opening.discard(plan_id)

    def get(self, plan_id: str) -> Desk | None:
        """Give an opened plan."""
        with self.lock:
            if plan_id in self.desks:
                self.desks.move_to_end(plan_id)
            return self.desks.get(plan_id)

    def put(self, desk: Desk) -> None:
        """Keep an opened plan at hand."""
        with self.lock:
            self.desks[desk.saved.plan_id] = desk
            while len(self.desks) > KEPT:
                self.desks.popitem(last=False)

    def weighed(self, desk: Desk, commands: tuple[Command, ...]) -> Offer | Refusal:
        """Weigh a change of an opened plan, once for what is known now."""
        key = desk.saved.plan_id, desk.known.facts.now, commands
        with self.lock:
            known = self.answers.get(key)
        answer = known if known is not None else weigh(desk, commands)
        with self.lock:
            self.answers[key] = answer
            while len(self.answers) > KEPT:
                self.answers.popitem(last=False)
        return answer


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf:
    """Give the shelf of this process."""
    return Shelf()


@contextmanager
def means_of(kit: Services, branch: Branch, saved: SavedPlan) -> Iterator[Means]:
    """Give what a plan is changed with, its roads open while the block lasts.

    They are opened as of the day on which it was made: a bank's own server that does not tell its data's version is
    known by the day, and is not another one only because the day is.

    Raises
    ------
    geodata.roads.RoadFailure
        If the roads cannot be opened.
    """
    made_on = saved.created_at.astimezone().date()
    with roads_of(kit.settings, branch.road_region, os.environ, today=made_on) as roads:
        yield Means(kit.store, roads, load_pack(branch.rule_pack), load_parameters())


def made_of(kit: Services, principal: Principal, branch: Branch, desk: Desk, commands: tuple[Command, ...]) -> Desk:
    """Make the plan that a change gives, without keeping it.

    Raises
    ------
    planner.second_reading.BrokenPlan, geodata.roads.RoadFailure
        If it must not be made, or its lines cannot be drawn.
    """
    with means_of(kit, branch, desk.saved) as means:
        offer = shelf().weighed(desk, commands)
        return make(means, principal, desk, commands, desk.known, now=kit.now(), offer=offer)


def beforehand(kit: Services, principal: Principal, branch: Branch, desk: Desk, commands: tuple[Command, ...]) -> None:
    """Make a change whose price is being read, so that taking it is only to keep it."""
    key = made_key(principal, desk, commands)
    shelf().made.begin(key, lambda: made_of(kit, principal, branch, desk, commands))


def taken(kit: Services, principal: Principal, branch: Branch, desk: Desk, commands: tuple[Command, ...]) -> Desk:
    """Take a change: make it unless that has been done with what is known now, keep it, and have it at hand.

    Raises
    ------
    planner.second_reading.BrokenPlan, geodata.roads.RoadFailure
        If it must not be made, or its lines cannot be drawn; nothing is kept then.
    """
    made = shelf().made.take(made_key(principal, desk, commands))
    if made is None:
        made = made_of(kit, principal, branch, desk, commands)
    new = keep(kit.store, principal, made, now=kit.now())
    shelf().put(new)
    return new


def made_key(principal: Principal, desk: Desk, commands: tuple[Command, ...]) -> tuple[object, ...]:
    """Name a change by who takes it, of which plan, knowing what."""
    return principal.name, desk.saved.plan_id, desk.known.facts.now, commands


def opened(kit: Services, branch: Branch, saved: SavedPlan, known: Known) -> Desk:
    """Open a saved plan and keep it at hand."""
    with means_of(kit, branch, saved) as means:
        desk = open_desk(saved, times_of_desk(saved, known, means.roads), known, means)
    shelf().put(desk)
    return desk


@st.cache_data(ttl=30, max_entries=8, show_spinner=False)
def known_of(_kit: Services, _principal: Principal, who: str, branch: str, week: str) -> Known:  # noqa: ARG001
    """Read what changes are read by; a minute old at most."""
    known = next(one for one in _kit.store.branches(_principal) if one.code == branch)
    return read_known(_kit.store, _principal, known, week, load_pack(known.rule_pack), now=_kit.now())


@dataclass(frozen=True)
class Team:
    """The crews and collectors of a branch by id."""

    crews: Mapping[str, Crew]
    collectors: Mapping[str, Collector]


@st.cache_data(ttl=600, max_entries=8, show_spinner=False)
def team_of(_kit: Services, _principal: Principal, who: str, branch: str) -> Team:  # noqa: ARG001
    """Read the crews and collectors of a branch: quick, for choices that stand on every page."""
    collectors = _kit.store.collectors(_principal, branch)
    crews = with_bank(_kit.store.crews(_principal, branch), collectors)
    return Team({one.crew_id: one for one in crews}, {one.collector_id: one for one in collectors})


def warm(
    kit: Services, principal: Principal, branch: Branch, plan_id: str, week: str, then: Callable[[], object]
) -> None:
    """Open a plan behind the page, so that the first change is answered at once; a failure is told when it is asked.

    ``then`` is called as soon as it lies open.
    """
    held = shelf()
    if held.get(plan_id) is not None:
        then()
        return
    if not held.begin(plan_id):
        return

    def work() -> None:
        try:
            known = read_known(kit.store, principal, branch, week, load_pack(branch.rule_pack), now=kit.now())
            of = opened(kit, branch, kit.store.plan(principal, plan_id), known).draft
            left_out_of(of.instance, of.tours, [of.number[name] for name in of.left_out()[:1]])  # loads compiled code
            then()
        except Exception as error:
            LOG.info("a plan could not be opened ahead", extra={"kind": type(error)})
        finally:
            held.end(plan_id)

    threading.Thread(target=work, name="open plan", daemon=True).start()


def desk_of(kit: Services, principal: Principal, branch: Branch, plan_id: str, week: str) -> Desk:
    """Give a plan opened, with what is known now.

    Raises
    ------
    planner.desk.OtherRoads, planner.editing.NotThePlan, geodata.roads.RoadFailure
        If it cannot be opened; each says why in one sentence.
    """
    desk = shelf().get(plan_id)
    if desk is not None and kit.now() - desk.known.facts.now < FRESH:
        return desk
    known = known_of(kit, principal, audience(principal), branch.code, week)
    if desk is None:
        return opened(kit, branch, kit.store.plan(principal, plan_id), known)
    return replace(desk, known=known)
