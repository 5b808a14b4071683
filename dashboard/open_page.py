"""An open websocket under watch: it is over as soon as its person is signed out, disabled or somebody else.

Who it belongs to is asked with every frame from the browser, and every two seconds where none comes. Then the page is
sent to the login page, or made anew where only the role has changed; the application hears that the browser is gone,
and nothing that it still says reaches the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Scope, Send

from planner.domain import Principal

LOGIN = "/login"
#: websocket close code of ours: the session is over
OVER = 4401
ASKED_EVERY_S = 2.0


@dataclass
class OpenPage:
    """A websocket between a browser and the application; used as a context, which ends the watch."""

    who: Callable[[], Principal | None]
    acts: Callable[[], None]
    tells: Callable[[bytes], None]
    principal: Principal
    farewell: Callable[[str], bytes] | None
    hear: Receive
    say: Send
    over: asyncio.Event = field(default_factory=asyncio.Event)
    state: str = "new"
    now: Principal | None = None
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    frame: asyncio.Task[Message] | None = None

    async def __aenter__(self) -> OpenPage:
        self.tasks.add(asyncio.create_task(self.watch(), name="session watch"))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks | ({self.frame} if self.frame else set()):
            task.cancel()

    async def watch(self) -> None:
        """Ask again and again whose this is; a question that cannot be answered is answered with nobody."""
        while not self.over.is_set():
            await asyncio.sleep(ASKED_EVERY_S)
            await self.ask()

    async def ask(self) -> None:
        """Ask whose this is, and end it where that has changed."""
        try:
            self.now = await run_in_threadpool(self.who)
        except Exception:
            self.now = None
        if self.now != self.principal:
            self.over.set()

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
            await self.ask()
            if not self.over.is_set():
                if by_hand(message.get("bytes")):
                    await run_in_threadpool(self.acts)
                return message
        await self.end()
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

    async def end(self) -> None:
        """Send the page where it has to go, and close."""
        if self.state == "closed":
            return
        if self.state == "open" and self.farewell is not None:
            await self.say({"type": "websocket.send", "bytes": self.farewell(LOGIN if self.now is None else "/")})
        self.state = "closed"
        await self.say({"type": "websocket.close", "code": OVER})


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
