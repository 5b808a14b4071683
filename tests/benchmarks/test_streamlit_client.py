"""The reader of the benchmarks: whoever leaves a page waits for nothing of it any more."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.streamlit_client import Reader


class Silent:
    """A websocket on which nothing ever comes."""

    async def send(self, _data: bytes) -> None: ...

    async def close(self) -> None: ...


def test_a_page_that_is_left_gives_its_turn_back() -> None:
    async def story() -> None:
        page = Reader("http://nowhere", {}, socket=Silent())  # type: ignore[arg-type]
        renewal = asyncio.create_task(page.run("part", by_itself=True))
        await asyncio.sleep(0)
        await page.close()
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(renewal, 5)
        assert not page.turn.locked()

    asyncio.run(story())
