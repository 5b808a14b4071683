"""A page's state is taken up again by its own person alone, though somebody else knows the id: Streamlit's own part."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

pytestmark = pytest.mark.browser  # it shares the application of these tests
MANAGER = "rounds_role=manager.YX01"


def taken_up(address: str, cookie: str, known: str = "") -> str:
    """Open a page, the id of an older one in hand, and give the id of what is shown."""
    with connect(
        address.replace("http:", "ws:") + "/_stcore/stream",
        subprotocols=["streamlit", "none", *([known] if known else [])],  # type: ignore[list-item]
        origin=address,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
        max_size=None,
        open_timeout=60,
    ) as socket:
        wanted = BackMsg()
        wanted.rerun_script.query_string = "squares=1"
        socket.send(wanted.SerializeToString())
        while True:
            said = ForwardMsg.FromString(socket.recv(60))  # type: ignore[arg-type]
            if said.WhichOneof("type") == "new_session":
                return said.new_session.initialize.session_id


@pytest.mark.parametrize("other", ["manager.YX02", "collector.YX01-1", "regional_head"])
def test_who_knows_the_id_of_a_page_does_not_get_its_state(other: str, address: str) -> None:
    mine = taken_up(address, MANAGER)
    assert taken_up(address, MANAGER, mine) == mine  # one's own page after the line was cut
    assert taken_up(address, f"rounds_role={other}", mine) != mine
