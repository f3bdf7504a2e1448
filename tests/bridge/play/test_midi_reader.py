from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import mido
import pytest

from bridge.midi.messages import SHORTEST
from bridge.play.event_stream import EventStream
from bridge.play.midi_reader import read_beats, read_piece
from bridge.play.options import PlaybackOptions
from bridge.play.velocity import Dynamics
from engine.cues import CueSheet, Video
from engine.cues_json import write_cues
from engine.errors import EmsyncError
from engine.hits import hits_at
from engine.score import Control, Instrument, Note, Score
from engine.section import Section
from export.midi import write_midi, write_stems

NOTES = tuple(
    Note(instrument, 0.5 * n, 0.5 * n + 0.4, 40 + n, 80 + n)
    for n in range(12) for instrument in Instrument
)  # fmt: skip
SCORE = Score(NOTES, (0.0, 2.0, 4.0), (2.0,), 6.0)


@pytest.fixture
def folder(tmp_path):
    write_midi(SCORE, tmp_path / "score.mid")
    write_stems(SCORE, tmp_path / "stems")
    sections = (Section(0, 6, {}, 0.0, 1.0, "test"),)
    film = Video("film.mp4", 6.0, 25.0, 64, 48)
    write_cues(CueSheet(film, 0.0, 6.0, (), hits_at((2.0,)), sections), tmp_path / "cues.json")
    return tmp_path


def saved(folder, messages):
    midi = mido.MidiFile(ticks_per_beat=480)
    midi.tracks.append(mido.MidiTrack(messages))
    midi.save(folder / "song.mid")
    return folder / "song.mid"


def rounded(notes):
    return [(n.instrument, round(n.onset, 2), round(n.end, 2), n.pitch, n.velocity) for n in notes]


def test_an_exported_score_is_read_back(folder):
    piece = read_piece(folder)
    assert rounded(piece.notes) == rounded(NOTES)
    assert piece.duration == pytest.approx(6.0, abs=0.01)
    assert piece.chords == (pytest.approx(2.0, abs=0.01),) and piece.boundaries == (2.0,)
    assert piece.bars == pytest.approx([0, 2, 4], abs=0.01)
    assert piece.film_rate == 25.0


def test_stems_alone_are_enough(folder):
    (folder / "score.mid").unlink()
    assert rounded(read_piece(folder).notes) == rounded(NOTES)
    assert read_beats(folder)(4.0) == pytest.approx(2.0, abs=0.01)


def test_one_instrument_may_be_silent_but_not_all(tmp_path):
    some = tuple(note for note in NOTES if note.instrument is not Instrument.PIANO)
    for name, notes in (("some", some), ("none", ())):
        write_stems(replace(SCORE, notes=notes, chords=()), tmp_path / name / "stems")
    assert rounded(read_piece(tmp_path / "some").notes) == rounded(some)
    with pytest.raises(EmsyncError, match="no notes"):
        read_piece(tmp_path / "none")


def test_expression_comes_from_the_cue_sheet(folder):
    assert read_piece(folder).controls == ()
    found = read_piece(folder, expressive=True).controls
    assert {(c.instrument, c.controller) for c in found} == {(Instrument.STRINGS, 11)}


def test_controllers_of_a_named_track_are_played_and_others_are_not(tmp_path):
    midi = mido.MidiFile(ticks_per_beat=480)
    for name, value in (("Piano", 101), ("Synth", 3)):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("control_change", channel=2, control=64, value=value))
        track.append(mido.Message("control_change", channel=2, control=7, value=90))
        track.append(mido.Message("note_on", channel=2, note=50, time=480))
        track.append(mido.Message("note_off", channel=2, note=50, time=480))
        midi.tracks.append(track)
    midi.save(tmp_path / "a.mid")
    assert read_piece(tmp_path / "a.mid").controls == (Control(0.0, Instrument.PIANO, 64, 101),)


def test_the_programs_of_another_file_give_the_instruments(tmp_path):
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=1_000_000))
    for channel, program in ((0, 33), (1, 26), (2, 5), (3, 70), (9, 0)):
        track.append(mido.Message("program_change", channel=channel, program=program))
        track.append(mido.Message("note_on", channel=channel, note=50))
    track.append(mido.MetaMessage("set_tempo", tempo=500_000, time=480))
    for channel in (0, 1, 2, 3, 9):
        track.append(mido.Message("note_on", channel=channel, note=50, velocity=0, time=96))
    midi.tracks.append(track)
    midi.save(tmp_path / "other.mid")
    notes = {note.instrument: note.end for note in read_piece(tmp_path / "other.mid").notes}
    order = ("bass", "guitar", "piano", "strings", "drums")
    assert [round(notes[Instrument(name)], 3) for name in order] == [1.1, 1.2, 1.3, 1.4, 1.5]


@pytest.mark.parametrize("content", [None, b"", b"RIFF of a kind", b"MThd\0\0\0\6\0\1\0\0\xe7\x28"])
def test_a_file_that_is_no_score_is_a_one_line_error(tmp_path, content):
    path = tmp_path / "file.mid"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EmsyncError) as caught:
        read_piece(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(EmsyncError, match=r"score\.mid"):
        read_piece(tmp_path)


def test_ten_thousand_notes_at_one_instant_are_all_played(tmp_path):
    keys = [(n % 16, n % 128) for n in range(10_000)]
    begin = [mido.Message("note_on", channel=c, note=p, velocity=1) for c, p in keys]
    end = [mido.Message("note_off", channel=c, note=p) for c, p in keys]
    piece = read_piece(saved(tmp_path, [*begin, end[0].copy(time=480), *end[1:]]))
    assert len(piece.notes) == 10_000 and {note.velocity for note in piece.notes} == {1}
    assert {(note.onset, note.end) for note in piece.notes} == {(0.0, 0.5)}


def test_velocities_of_one_are_kept_and_never_end_a_note(tmp_path):
    soft = [mido.Message("note_on", note=60, velocity=1), mido.Message("note_off", note=60, time=9)]
    piece = PlaybackOptions(Dynamics(base=40)).read(saved(tmp_path, soft * 20))
    assert len(piece.notes) == 20 and all(note.velocity >= 1 for note in piece.notes)


def test_a_piece_without_notes_is_refused(tmp_path):
    with pytest.raises(EmsyncError, match="holds no notes"):
        read_piece(saved(tmp_path, [mido.Message("program_change", program=4)]))


def test_a_damaged_file_is_played_with_a_warning_in_one_line(tmp_path):
    path = saved(
        tmp_path, [mido.Message("note_on", note=60), mido.Message("note_on", note=64, time=480)]
    )
    with pytest.warns(UserWarning, match=r"song\.mid: 2 notes without an end; the rest") as told:
        piece = read_piece(path)
    assert [note.end for note in piece.notes] == [0.5, 0.5] and len(told) == 1


@pytest.mark.parametrize("onsets", [(0,), (0, 480, 960)])
def test_notes_without_length_are_all_played(tmp_path, onsets):
    """Such as strokes of drums; the last one may be the last event of the file."""
    messages = []
    for before, onset in pairwise((0, *onsets)):
        messages.append(mido.Message("note_on", note=60, velocity=80, time=onset - before))
        messages.append(mido.Message("note_off", note=60, time=0))
    piece = read_piece(saved(tmp_path, messages))
    due = list(EventStream(piece, 0.0).until(piece.duration))
    assert [each.note.onset for each in due if each.note] == pytest.approx(
        [o / 960 for o in onsets]
    )
    assert piece.duration == pytest.approx(onsets[-1] / 960 + SHORTEST)


def test_bars_of_no_length_do_not_go_on_for_ever(tmp_path):
    path = saved(tmp_path, [mido.MetaMessage("time_signature", numerator=1, denominator=128),
                             mido.Message("note_on", note=60),
                             mido.Message("note_off", note=60, time=2**27)])  # fmt: skip
    with pytest.warns(UserWarning, match="after 24 hours"):
        assert len(read_piece(path).bars) == 100_000
