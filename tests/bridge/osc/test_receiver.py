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


def carry_out(*datagrams):
    """The calls of handlers, and the reported errors, after these datagrams."""
    done, errors = [], []

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
        task = asyncio.create_task(receive(udp, handlers, errors.append))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for datagram in (*datagrams, osc("/emsync/stop").dgram):
                peer.sendto(datagram, udp.getsockname())
        async with asyncio.timeout(5):
            while ("/emsync/stop", {}) not in done:
                await asyncio.sleep(0.01)
        task.cancel()
        udp.close()

    asyncio.run(go())
    return done[:-1], errors


def test_messages_are_carried_out_in_order():
    done, errors = carry_out(osc("/emsync/play", "ab12", 3).dgram, osc("/emsync/locate", 1.5).dgram)
    assert done == [
        ("/emsync/play", {"job": "ab12", "seconds": 3}),
        ("/emsync/locate", {"seconds": 1.5}),
    ]
    assert errors == []


def test_bundles_are_carried_out_in_order():
    bundle = OscBundleBuilder(IMMEDIATELY)
    bundle.add_content(osc("/emsync/locate", 1.5))
    bundle.add_content(osc("/emsync/pause"))
    done, _ = carry_out(bundle.build().dgram)
    assert [path for path, _ in done] == ["/emsync/locate", "/emsync/pause"]


@pytest.mark.parametrize(
    ("datagram", "error"),
    [
        (b"\xff" * 50, "not an OSC packet"),
        (b"", "not an OSC packet"),
        (osc("/emsync/cancel", "gone").dgram, "no such job"),
        (osc("/emsync/louder").dgram, "no such address"),
        (osc("/emsync/locate", "soon").dgram, "takes seconds (float)"),
    ],
)
def test_an_error_is_reported_and_the_next_message_is_carried_out(datagram, error):
    done, errors = carry_out(datagram)
    assert done == [] and error in errors[0]


def test_errors_are_reported_once_a_second():
    assert len(carry_out(*[b"noise"] * 50)[1]) == 1


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda b: b"#bundle\0" + bytes(8) + b))
def test_any_datagram_is_messages_or_not_osc(datagram):
    try:
        for path, values in messages(datagram):
            assert isinstance(path, str) and isinstance(values, list)
    except NotOsc:
        pass
