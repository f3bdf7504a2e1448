from __future__ import annotations

import math

import pytest

from bridge.play.follow.sync_source import FURTHEST, TRANSPORTS, SyncSource, follow
from engine.errors import EmsyncError


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("tape",), "choose from mtc, clock, jack, reaper"),
        (("",), "choose from"),
        (("mtc", None, math.nan), "within a day"),
        (("mtc", None, math.inf), "within a day"),
        (("mtc", None, FURTHEST + 1), "within a day"),
        (("jack", None, -FURTHEST - 1), "within a day"),
        (("reaper", "x"), "UDP port"),
        (("reaper", "0"), "UDP port"),
        (("reaper", "65536"), "UDP port"),
        (("reaper", "-1"), "UDP port"),
        (("reaper", ""), "UDP port"),
        (("mtc", None, 0.0, 12.0), "choose from 23.976, 24, 25, 29.97, 30"),
        (("mtc", None, 0.0, math.nan), "choose from"),
        (("clock", None, 0.0, 24.0), "only mtc has frames"),
    ],
)
def test_a_wrong_sync_source_is_a_one_line_error(wrong, message):
    with pytest.raises(EmsyncError, match=message) as caught:
        SyncSource(*wrong)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("offset", [-FURTHEST, 0.0, FURTHEST])
def test_offsets_within_a_day_are_accepted(transport, offset):
    assert SyncSource(transport, "9000", offset).offset == offset


@pytest.mark.parametrize(
    ("sync_source", "name"),
    [
        (SyncSource("mtc"), "MIDI Time Code"),
        (SyncSource("clock"), "MIDI clock"),
        (SyncSource("jack"), "JACK transport"),
        (SyncSource("reaper", "19324"), "REAPER"),
    ],
)
def test_the_status_names_the_transport_while_it_is_followed(
    jack_server, player, sync_source, name
):
    follower = follow(player, sync_source, float)
    assert player.status().follows == name
    follower.close()
    assert player.status().follows is None
