from __future__ import annotations

import asyncio
import json
import threading

import pytest

from bridge.server.hub import MOST_WAITING, Hub, TooSlow


class RecordingSender:
    """In place of an OSC sender: records what it is to send."""

    def __init__(self):
        self.sent = []

    def send(self, kind, /, **fields):
        self.sent.append((kind, fields))


@pytest.fixture
def osc():
    return RecordingSender()


def test_all_subscribers_receive_all_events_in_order(osc):
    async def go():
        hub = Hub(asyncio.get_running_loop(), osc)
        with hub.subscription() as one, hub.subscription() as two:
            for number in range(3):
                hub.publish("note", pitch=number)
            return [[json.loads(await s.next())["pitch"] for _ in range(3)] for s in (one, two)]

    assert asyncio.run(go()) == [[0, 1, 2], [0, 1, 2]]


def test_a_subscriber_that_does_not_read_is_dropped_and_delays_nobody(osc):
    async def go():
        hub = Hub(asyncio.get_running_loop(), osc)
        with hub.subscription() as slow, hub.subscription() as quick:
            for number in range(MOST_WAITING + 1):
                hub.publish("note", pitch=number)
                assert json.loads(await quick.next())["pitch"] == number
            with pytest.raises(TooSlow):
                await slow.next()

    asyncio.run(go())


def test_events_may_be_published_from_any_thread(osc):
    async def go():
        hub = Hub(asyncio.get_running_loop(), osc)
        with hub.subscription() as subscription:
            thread = threading.Thread(target=hub.publish, args=["chord"], kwargs={"seconds": 1.0})
            thread.start()
            text = await asyncio.wait_for(subscription.next(), 10)
            thread.join()
            return json.loads(text)

    assert asyncio.run(go()) == {"event": "chord", "seconds": 1.0}


def test_only_events_that_osc_knows_are_sent_over_osc(osc):
    async def go():
        hub = Hub(asyncio.get_running_loop(), osc)
        hub.publish("boundary", seconds=2.0)
        hub.publish("job", id="ab")

    asyncio.run(go())
    assert osc.sent == [("boundary", {"seconds": 2.0})]


def test_events_after_the_loop_has_closed_do_no_harm(osc):
    async def make():
        return Hub(asyncio.get_running_loop(), osc)

    hub = asyncio.run(make())
    hub.publish("chord", seconds=1.0)
    assert osc.sent == [("chord", {"seconds": 1.0})]
