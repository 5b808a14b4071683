"""A reader of the dashboard without a browser: Streamlit's own websocket protocol, as its pages speak it.

What a page would do by itself is done here too: it keeps messages that may be kept, asks fragments again that renew
themselves, and sends all widget states with each run. Nothing is drawn, so the driver costs little.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

FINISHED = ForwardMsg.ScriptFinishedStatus
WHOLE, PART = FINISHED.FINISHED_SUCCESSFULLY, FINISHED.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
PATIENCE_S = 60.0
#: messages that may be kept are kept so long at most, in runs (``global.maxCachedMessageAge``)
KEPT_RUNS = 2


class Ended(Exception):
    """The page was sent away: the session is over."""


class Fault(Exception):
    """A run did not end well, or the page shows a fault."""


@dataclass
class Element:
    """An element that can be used: its kind, its message, and the fragment it is in ("" for the whole page)."""

    kind: str
    message: Any
    fragment: str


@dataclass
class Reader:
    """One open page of somebody with a cookie.

    Parameters
    ----------
    told
        Hears of each run that the page itself asked for: what it was, and its seconds.
    """

    base: str
    cookies: Mapping[str, str]
    told: Callable[[str, float], None] = lambda _what, _seconds: None
    trust: ssl.SSLContext | None = None
    elements: dict[str, Element] = field(default_factory=dict)
    states: dict[str, WidgetState] = field(default_factory=dict)
    kept: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    renewed: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    shows: dict[tuple[int, ...], str] = field(default_factory=dict)
    page: str = ""
    query: str = ""
    script: str = ""
    bytes_read: int = 0
    runs: int = 0
    session: str = ""
    socket: ClientConnection | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: asyncio.Future[int] | None = None
    task: asyncio.Task[None] | None = None
    why: BaseException | None = None
    begun: bool = False
    addressed: bool = False

    async def open(self) -> None:
        """Open the websocket; a session that was open before is asked for again, as a page does."""
        words = ["streamlit", "x" if self.session else "", self.session] if self.session else ["streamlit"]
        self.socket = await connect(
            self.base.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=words,  # type: ignore[arg-type]
            origin=self.base,  # type: ignore[arg-type]
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())},
            ssl=self.trust,
            max_size=None,
            compression=None,
            open_timeout=PATIENCE_S,
        )
        self.why = None
        self.task = asyncio.create_task(self.listen(self.socket))

    async def close(self) -> None:
        """Leave the page."""
        self.stop_renewing()
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self.task
        # Who left hears no end of what was asked: a renewal under way would keep the page's turn until its patience
        # is over.
        self.over(ConnectionError("left"))
        if self.socket is not None:
            await self.socket.close()

    async def show(self, page: str, query: str = "") -> float:
        """Go to a page, as its address would; gives the seconds until all of it has come."""
        self.page, self.query, self.states, self.script = page, query, {}, ""
        self.elements.clear()
        self.shows.clear()
        return await self.run("")

    async def use(self, id_: str, *, addressed: bool = False, **value: Any) -> float:
        """Give a widget a value and run what it is in; gives the seconds.

        With ``addressed`` it is enough that the run has written the page's address: what comes after that is what the
        page gives later, while it can be used.
        """
        state = WidgetState(id=id_)
        for name, given in value.items():
            part = getattr(state, name)
            if isinstance(part, Message):
                part.data.extend(given)
            else:
                setattr(state, name, given)
        self.states[id_] = state
        try:
            return await self.run(self.elements[id_].fragment, addressed=addressed)
        finally:
            if "trigger_value" in value or "json_trigger_value" in value or "string_trigger_value" in value:
                self.states.pop(id_, None)

    def find(self, kind: str, test: Callable[[str, Any], bool]) -> list[str]:
        """Give the ids of elements of a kind that pass a test of id and message."""
        return [id_ for id_, one in self.elements.items() if one.kind == kind and test(id_, one.message)]

    async def run(self, fragment: str, *, by_itself: bool = False, addressed: bool = False) -> float:
        """Ask for a run and wait until it has ended."""
        async with self.turn:
            if self.why is not None:
                raise self.why
            assert self.socket is not None
            message = BackMsg()
            asked = message.rerun_script
            asked.query_string, asked.fragment_id, asked.is_auto_rerun = self.query, fragment, by_itself
            if self.script:
                asked.page_script_hash = self.script
            else:
                asked.page_name = self.page
            asked.widget_states.widgets.extend(self.states.values())
            asked.cached_message_hashes.extend(self.kept)
            context = asked.context_info
            context.timezone, context.timezone_offset, context.locale = "Asia/Shanghai", -480, "en-GB"
            context.url, context.color_scheme = f"{self.base}/{self.page}", "light"
            self.begun, self.addressed = False, addressed
            self.waiting = asyncio.get_running_loop().create_future()
            began = time.perf_counter()
            if not fragment:
                self.stop_renewing()
            await self.socket.send(message.SerializeToString())
            # A part that is gone meanwhile is not run, and nobody is told.
            async with asyncio.timeout(PATIENCE_S / 3 if by_itself else PATIENCE_S):
                await self.waiting
            return time.perf_counter() - began

    async def listen(self, socket: ClientConnection) -> None:
        """Take what comes until the end."""
        try:
            async for data in socket:
                self.take(bytes(data))  # type: ignore[arg-type]
        except ConnectionClosed as error:
            self.over(error)
        except (Ended, Fault) as error:
            self.over(error)
        else:
            self.over(ConnectionError("closed"))

    def over(self, why: BaseException) -> None:
        """Tell who waits that nothing more comes."""
        self.why = why
        self.stop_renewing()
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(why)

    def take(self, data: bytes) -> None:
        """Take one message."""
        self.bytes_read += len(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            kept = ForwardMsg.FromString(self.kept[message.ref_hash][0])
            kept.metadata.CopyFrom(message.metadata)
            message, kind = kept, kept.WhichOneof("type")
        elif message.metadata.cacheable and message.hash:
            self.kept[message.hash] = (data, self.runs)
        if kind == "delta":
            self.delta(message)
        elif kind == "new_session":
            self.begun = True
            self.script = message.new_session.page_script_hash
            self.session = message.new_session.initialize.session_id or self.session
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
            if self.addressed:
                self.ended()
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash or self.script
        elif kind == "auto_rerun":
            self.renew(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "auth_redirect":
            raise Ended(message.auth_redirect.url)
        elif kind == "script_finished":
            self.finished(message.script_finished)

    def delta(self, message: ForwardMsg) -> None:
        """Take an element, or that one is gone."""
        path, delta = tuple(message.metadata.delta_path), message.delta
        old = self.shows.pop(path, None)
        if old is not None:
            self.elements.pop(old, None)
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        if kind is None:
            return
        if kind == "exception":
            raise Fault(delta.new_element.exception.type)
        found = getattr(delta.new_element, kind)
        id_ = str(getattr(found, "id", "") or "")
        if id_:
            self.elements[id_] = Element(kind, found, delta.fragment_id)
            self.shows[path] = id_

    def finished(self, status: int) -> None:
        """Take that a run has ended; one that was broken off for another is not the end."""
        if status in (WHOLE, PART):
            self.runs += 1
            self.kept = {name: one for name, one in self.kept.items() if self.runs - one[1] <= KEPT_RUNS}
            self.ended()
        elif status == FINISHED.FINISHED_WITH_COMPILE_ERROR:
            raise Fault("the script does not run")

    def ended(self) -> None:
        """Tell who waits that what was asked for has come; the end of a run before it is not meant."""
        if self.begun and self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(0)

    def renew(self, fragment: str, interval: float) -> None:
        """Ask for a fragment again and again, as its page does."""
        before = self.renewed.pop(fragment, None)
        if before is not None:
            before.cancel()
        self.renewed[fragment] = asyncio.create_task(self.renewing(fragment, interval))

    async def renewing(self, fragment: str, interval: float) -> None:
        """Ask at an interval, until the page goes on."""
        with suppress(Exception):  # whoever uses the page next is told
            while True:
                await asyncio.sleep(interval)
                asked = asyncio.ensure_future(self.run(fragment, by_itself=True))
                # What was asked is waited for also where the page has gone on; that it failed is told by what follows.
                asked.add_done_callback(lambda done: done.cancelled() or done.exception())
                self.told("renewed", await asyncio.shield(asked))

    def stop_renewing(self) -> None:
        """Let go of what renews itself."""
        for task in self.renewed.values():
            task.cancel()
        self.renewed.clear()
