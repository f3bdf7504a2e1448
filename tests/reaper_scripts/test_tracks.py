from __future__ import annotations

import pytest

KEYS = ["bass", "drums", "guitar", "piano", "strings"]


def choose(reaper, *names):
    devices = [reaper.lua.table_from({"number": n, "name": name}) for n, name in enumerate(names)]
    found = reaper.module("tracks").choose(reaper.lua.table_from(devices))
    return found and [found[key] for key in KEYS]


def test_five_ports_are_the_inputs_of_five_tracks(reaper):
    names = ["Keystation", *(f"EMSYNC {key} 128:0" for key in reversed(KEYS))]
    assert choose(reaper, *names) == [4096 | device << 5 for device in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize("names", [["x", "emsync"], ["x", "loopMIDI emsync", "emsync bass"]])
def test_one_port_for_all_has_a_channel_for_each_track(reaper, names):
    assert choose(reaper, *names) == [4096 | channel | 1 << 5 for channel in (1, 10, 2, 3, 4)]


def test_without_a_port_there_are_no_inputs(reaper):
    assert choose(reaper, "Keystation", "drums") is None
