from __future__ import annotations

import mido
import pytest

from engine.score import Instrument
from export.midi import write_midi

READ = "function(path) return require('lib.midi').read(io.open(path, 'rb'):read('a')) end"


def content(reaper, path):
    return reaper.lua.eval(READ)(str(path))


def test_exported_files_are_read(reaper, server, tmp_path):
    write_midi(server.score, tmp_path / "score.mid")
    read = content(reaper, tmp_path / "score.mid")
    for instrument in Instrument:
        wanted = server.score.part(instrument)
        notes = list(read.parts[instrument.value.capitalize()].values())
        assert [(n.pitch, n.velocity, n.channel) for n in notes] == [
            (n.pitch, n.velocity, instrument.channel) for n in wanted
        ]
        assert [n.onset for n in notes] == pytest.approx([n.onset for n in wanted], abs=0.001)
        assert [n.ending for n in notes] == pytest.approx([n.end for n in wanted], abs=0.001)
    assert read.duration == pytest.approx(8, abs=0.001)
    assert [(t.time, t.bpm) for t in read.tempos.values()] == [(0, 240), (pytest.approx(4), 200)]


def test_running_status_and_a_second_onset_are_read(reaper, tmp_path):
    track = bytes([0, 0x90, 60, 80, 96, 60, 90, 96, 60, 0, 0, 0xFF, 0x2F, 0])
    path = tmp_path / "a.mid"
    path.write_bytes(
        b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 0, 96])
        + b"MTrk" + len(track).to_bytes(4, "big") + track
    )  # fmt: skip
    assert len(mido.MidiFile(path).tracks[0]) == 4
    notes = list(content(reaper, path).parts[""].values())
    assert [(n.onset, n.ending, n.velocity) for n in notes] == [(0, 0.5, 80), (0.5, 1, 90)]


@pytest.mark.parametrize("data", [b"", b"{}", b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk\0\0\0\4\0\x90"])
def test_a_file_that_is_no_midi_file_is_refused(reaper, tmp_path, data):
    (tmp_path / "a.mid").write_bytes(data)
    with pytest.raises(Exception, match="can't be read"):
        content(reaper, tmp_path / "a.mid")
