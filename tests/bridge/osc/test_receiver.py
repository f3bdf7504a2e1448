from __future__ import annotations

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.osc.receiver import NotOsc, messages, receive
from bridge.osc.specs import IN
from engine.errors import EmsyncError


def osc(path, *values):
    builder = OscMessageBuilder(path)
    for value in values:
        builder.add_arg(value)
    return builder.build()


def carried_out(*datagrams):
    """What is done, and what is complained of, when these come in."""
    done, complaints = [], []

    def handler(path):
        async def handle(**arguments):
            if arguments.get("job") == "gone":
                raise EmsyncError("no such job")
            done.append((path, arguments))

        return handle

    async def go():
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        handlers = {address.path: handler(address.path) for address in IN}
        task = asyncio.create_task(receive(udp, handlers, complaints.append))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for datagram in (*datagrams, osc("/emsync/stop").dgram):
                peer.sendto(datagram, udp.getsockname())
        async with asyncio.timeout(5):
            while ("/emsync/stop", {}) not in done:
                await asyncio.sleep(0.01)
        task.cancel()
        udp.close()

    asyncio.run(go())
    return done[:-1], complaints


def test_messages_are_carried_out_in_order():
    done, complaints = carried_out(
        osc("/emsync/play", "ab12", 3).dgram, osc("/emsync/locate", 1.5).dgram
    )
    assert done == [
        ("/emsync/play", {"job": "ab12", "seconds": 3}),
        ("/emsync/locate", {"seconds": 1.5}),
    ]
    assert complaints == []


def test_bundles_too():
    bundle = OscBundleBuilder(IMMEDIATELY)
    bundle.add_content(osc("/emsync/locate", 1.5))
    bundle.add_content(osc("/emsync/pause"))
    done, _ = carried_out(bundle.build().dgram)
    assert [path for path, _ in done] == ["/emsync/locate", "/emsync/pause"]


@pytest.mark.parametrize(
    ("datagram", "complaint"),
    [
        (b"\xff" * 50, "not an OSC packet"),
        (b"", "not an OSC packet"),
        (osc("/emsync/cancel", "gone").dgram, "no such job"),
        (osc("/emsync/louder").dgram, "no such address"),
        (osc("/emsync/locate", "soon").dgram, "takes seconds (float)"),
    ],
)
def test_what_can_not_be_done_is_told_and_the_next_is_heard(datagram, complaint):
    done, complaints = carried_out(datagram)
    assert done == [] and complaint in complaints[0]


def test_noise_is_complained_of_once_a_second():
    assert len(carried_out(*[b"noise"] * 50)[1]) == 1


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda b: b"#bundle\0" + bytes(8) + b))
def test_anything_is_messages_or_not_osc(datagram):
    try:
        for path, values in messages(datagram):
            assert isinstance(path, str) and isinstance(values, list)
    except NotOsc:
        pass
