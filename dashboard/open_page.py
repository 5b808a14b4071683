"""An open websocket under watch: it is over as soon as its person is signed out, disabled or somebody else.

Who it belongs to is asked with every frame from the browser, every second where none comes, and at once where a session
or a login was changed in this process. The questions are asked by a thread of their own: a process that draws pages as
fast as it can has no free hand for them else. Then the page is sent to the login page, or made anew where only the role
has changed; the application hears that the browser is gone, and nothing that it still says reaches the page.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Scope, Send

from planner.domain import Principal

LOGIN = "/login"
#: websocket close code of ours: the session is over
OVER = 4401
ASKED_EVERY_S = 1.0
#: so long a page that is over waits, shut, before it goes to the login page: whoever signs in as somebody else in
#: another tab has the new cookie by then, and is led on from there
COOKIE_S = 0.7


@dataclass(eq=False)
class Watch:
    """Asks whose the open pages are. Its thread lives while there is one."""

    pages: set[OpenPage] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stirred: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def add(self, page: OpenPage) -> None:
        """Take a page under watch."""
        with self.lock:
            self.pages.add(page)
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="session watch", daemon=True)
                self.thread.start()

    def drop(self, page: OpenPage) -> None:
        """Let a page go."""
        with self.lock:
            self.pages.discard(page)
            if not self.pages:
                self.stirred.set()

    def stir(self) -> None:
        """Ask at once: something was changed."""
        self.stirred.set()

    def run(self) -> None:
        """Ask again and again, until there is no page."""
        while True:
            self.stirred.wait(ASKED_EVERY_S)
            self.stirred.clear()
            with self.lock:
                if not self.pages:
                    self.thread = None
                    return
                pages = tuple(self.pages)
            for page in pages:
                page.look()


@dataclass(eq=False)
class OpenPage:
    """A websocket between a browser and the application; used as a context, which ends the watch."""

    who: Callable[[], Principal | None]
    acts: Callable[[], None]
    tells: Callable[[bytes], None]
    principal: Principal
    farewell: Callable[[str], bytes] | None
    hear: Receive
    say: Send
    watch: Watch
    over: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    state: str = "new"
    now: Principal | None = None
    ending: asyncio.Task[None] | None = None
    frame: asyncio.Task[Message] | None = None

    async def __aenter__(self) -> OpenPage:
        self.ending = asyncio.create_task(self.end_when_over(), name="session end")
        self.watch.add(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.watch.drop(self)
        if self.over.is_set():
            await self.ended()
        for task in (self.ending, self.frame):
            if task is not None:
                task.cancel()

    def whose(self) -> Principal | None:
        """Ask whose this is, in a thread; a question that cannot be answered is answered with nobody."""
        try:
            return self.who()
        except Exception:
            return None

    def look(self) -> None:
        """Ask whose this is, in the watch's thread, and tell the page."""
        now = self.whose()
        if now != self.principal:
            with suppress(RuntimeError):  # the application is stopping
                self.loop.call_soon_threadsafe(self.heard, now)

    def heard(self, now: Principal | None) -> None:
        """End this where it is somebody else's now, or nobody's."""
        if now != self.principal and not self.over.is_set():
            self.now = now
            self.over.set()

    async def end_when_over(self) -> None:
        """Send the page where it has to go, and close, whatever the application is busy with."""
        await self.over.wait()
        was, self.state = self.state, "closed"
        if was == "closed":
            return
        if self.now is None:
            await asyncio.sleep(COOKIE_S)
        with suppress(Exception):  # the browser may be gone already
            if was == "open" and self.farewell is not None:
                await self.say({"type": "websocket.send", "bytes": self.farewell(LOGIN if self.now is None else "/")})
            await self.say({"type": "websocket.close", "code": OVER})

    async def ended(self) -> None:
        """Wait until the farewell is said."""
        if self.ending is not None:
            await asyncio.wait({self.ending})

    async def receive(self) -> Message:
        """Give the browser's next frame, or that it is gone."""
        if self.frame is None:
            self.frame = asyncio.ensure_future(self.hear())
        ends = asyncio.ensure_future(self.over.wait())
        await asyncio.wait({self.frame, ends}, return_when=asyncio.FIRST_COMPLETED)
        ends.cancel()
        if not self.over.is_set():
            message, self.frame = self.frame.result(), None
            if message["type"] != "websocket.receive":
                return message
            self.heard(await run_in_threadpool(self.whose))
            if not self.over.is_set():
                if by_hand(message.get("bytes")):
                    await run_in_threadpool(self.acts)
                return message
        await self.ended()
        return {"type": "websocket.disconnect", "code": OVER}

    async def send(self, message: Message) -> None:
        """Pass on what the application says, until it is over."""
        if self.over.is_set() or self.state == "closed":
            return
        if message["type"] == "websocket.accept":
            self.state = "open"
        elif message["type"] == "websocket.close":
            self.state = "closed"
        elif message.get("bytes"):
            self.tells(message["bytes"])
        await self.say(message)


async def say_farewell(scope: Scope, receive: Receive, send: Send, frame: bytes) -> None:
    """Accept a websocket only to say where its page has to go."""
    await receive()
    first = next(iter(scope.get("subprotocols", ())), None)
    await send({"type": "websocket.accept", "subprotocol": first})
    await send({"type": "websocket.send", "bytes": frame})
    await send({"type": "websocket.close", "code": OVER})


def by_hand(frame: bytes | None) -> bool:
    """Say whether a frame of Streamlit's is a person's doing: a page that renews itself keeps no session alive."""
    from google.protobuf.message import DecodeError
    from streamlit.proto.BackMsg_pb2 import BackMsg

    try:
        said = BackMsg.FromString(frame or b"")
    except DecodeError:
        return False
    return said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun


def streamlit_farewell(address: str) -> bytes:
    """Give the frame by which a page of Streamlit's goes to an address: the one its own sign-out uses."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    message = ForwardMsg()
    message.auth_redirect.url = address
    return bytes(message.SerializeToString())
