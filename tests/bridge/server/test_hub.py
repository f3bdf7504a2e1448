from __future__ import annotations

import asyncio
import json

import pytest

from bridge.server.hub import MOST_WAITING, Hub, TooSlow


def test_all_listeners_hear_all_in_order():
    async def go():
        hub = Hub()
        with hub.subscription() as one, hub.subscription() as two:
            for number in range(3):
                hub.publish("note", pitch=number)
            return [[json.loads(await s.next())["pitch"] for _ in range(3)] for s in (one, two)]

    assert asyncio.run(go()) == [[0, 1, 2], [0, 1, 2]]


def test_who_does_not_listen_is_let_go_and_holds_up_nobody():
    async def go():
        hub = Hub()
        with hub.subscription() as slow, hub.subscription() as quick:
            for number in range(MOST_WAITING + 1):
                hub.publish("note", pitch=number)
                assert json.loads(await quick.next())["pitch"] == number
            with pytest.raises(TooSlow):
                await slow.next()

    asyncio.run(go())
