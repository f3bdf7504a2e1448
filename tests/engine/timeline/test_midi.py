from __future__ import annotations

import mido
import pytest

from engine.errors import EmsyncError
from engine.hits import Hit, HitList
from engine.timecode import Clock
from engine.timeline.midi import read, write


def test_markers_are_read_at_the_times_of_the_tempo_map(tmp_path):
    conductor = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=500_000),
            mido.MetaMessage("marker", text="Door [may]", time=480),
            mido.MetaMessage("set_tempo", tempo=1_000_000, time=480),
            mido.MetaMessage("cue_marker", text="Chase", time=480),
        ]
    )
    other = mido.MidiTrack([mido.MetaMessage("marker", text="tense", time=1920)])
    path = tmp_path / "x.mid"
    mido.MidiFile(type=1, ticks_per_beat=480, tracks=[conductor, other]).save(path)
    assert read(path, Clock()).hits == (
        Hit(0.5, "Door", must=False),
        Hit(2.0, "Chase"),
        Hit(3.0, "tense", emotion="tense"),
    )


@pytest.mark.parametrize(
    ("names", "kept"), [(("chord", "hit 1"), ["hit 1"]), (("chord",), ["chord"])]
)
def test_chords_of_a_score_are_no_hits_beside_named_ones(tmp_path, names, kept):
    track = mido.MidiTrack([mido.MetaMessage("marker", text=name) for name in names])
    mido.MidiFile(tracks=[track]).save(tmp_path / "score.mid")
    assert [hit.label for hit in read(tmp_path / "score.mid", Clock()).hits] == kept


def test_names_in_any_language_are_kept(tmp_path):
    hits = (Hit(1.0, "Türe, дверь, 扉"), Hit(2.5, "Run", end=4.0))
    write(HitList(hits), tmp_path / "x.mid")
    assert read(tmp_path / "x.mid", Clock()).hits == hits


def test_a_latin_name_is_read(tmp_path):
    track = mido.MidiTrack([mido.MetaMessage("marker", text="Türe")])
    mido.MidiFile(type=0, tracks=[track], charset="latin-1").save(tmp_path / "x.mid")
    assert read(tmp_path / "x.mid", Clock()).hits == (Hit(0.0, "Türe"),)


def test_a_damaged_file_is_read_as_far_as_it_goes(tmp_path):
    write(HitList((Hit(1.0, "Door"), Hit(2.0, "Run"))), tmp_path / "x.mid")
    data = (tmp_path / "x.mid").read_bytes()
    (tmp_path / "cut.mid").write_bytes(data[: data.index(b"Run")])
    with pytest.warns(UserWarning, match=r"cut\.mid: track 1 breaks off"):
        assert read(tmp_path / "cut.mid", Clock()).hits == (Hit(1.0, "Door"),)


def test_a_file_that_counts_in_frames_is_read(tmp_path):
    write(HitList((Hit(1.0, "Door"),)), tmp_path / "x.mid")
    data = (tmp_path / "x.mid").read_bytes()
    # 25 frames a second, 40 ticks a frame: a tick is a millisecond, and the marker has tick 1920.
    (tmp_path / "frames.mid").write_bytes(data[:12] + b"\xe7\x28" + data[14:])
    assert read(tmp_path / "frames.mid", Clock()).hits == (Hit(1.92, "Door"),)


def test_what_is_no_midi_file_and_a_wrong_tag_are_refused(tmp_path):
    write(HitList((Hit(2.0, "Runs fast now"),)), tmp_path / "x.mid")
    data = (tmp_path / "x.mid").read_bytes()
    (tmp_path / "tag.mid").write_bytes(data.replace(b"Runs fast now", b"X [weight -1]"))
    with pytest.raises(EmsyncError, match=r"tag\.mid, marker "):
        read(tmp_path / "tag.mid", Clock())
    (tmp_path / "text.mid").write_text("no music")
    with pytest.raises(EmsyncError, match=r"text\.mid: "):
        read(tmp_path / "text.mid", Clock())
