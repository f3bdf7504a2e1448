from __future__ import annotations

import pytest

KEYS = ["bass", "drums", "guitar", "piano", "strings"]


def choose(reaper, *names):
    devices = [reaper.lua.table_from({"number": n, "name": name}) for n, name in enumerate(names)]
    found = reaper.module("tracks").choose(reaper.lua.table_from(devices))
    return found and [found[key] for key in KEYS]


def test_five_ports_of_our_own(reaper):
    names = ["Keystation", *(f"EMSYNC {key} 128:0" for key in reversed(KEYS))]
    assert choose(reaper, *names) == [4096 | device << 5 for device in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize("names", [["x", "emsync"], ["x", "loopMIDI emsync", "emsync bass"]])
def test_one_port_for_all_tells_them_by_channel(reaper, names):
    assert choose(reaper, *names) == [4096 | channel | 1 << 5 for channel in (1, 10, 2, 3, 4)]


def test_no_port(reaper):
    assert choose(reaper, "Keystation", "drums") is None
