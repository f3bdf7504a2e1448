"""Kept notes are those of the old file to the tick, in the new file too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.composing.infill import with_given
from engine.errors import EmsyncError
from engine.music.midi_file import MidiFile, read_midi_file
from engine.music.tempo import PPQ
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.recut.cue_sheet import recut_cues
from engine.recut.music import OldMusic, as_written, kept_music, read_old_music
from engine.recut.planner import KeptBars, NewPlan, plan_recut
from engine.recut.stretches import Stretch
from engine.score import Instrument, Note, Score
from export.midi import write_midi

STRETCHES = (Stretch(0.0, 0.0, 9.3), Stretch(13.75, 9.3, 18.25))


def empty(plan: Plan) -> Score:
    return Score((), (), (), plan.duration, Timing(plan).beat_map)


def in_seconds(music: OldMusic, plan: Plan) -> Score:
    def at(quarters: float) -> float:
        return min(plan.seconds_at(quarters / plan.quarters), plan.duration)

    notes = tuple(replace(n, onset=at(n.onset), end=at(n.end)) for n in music.notes)
    return replace(empty(plan), notes=notes, chords=tuple(map(at, music.chords)))


def ticks(midi: MidiFile, first: int, beats: int) -> set[tuple[object, ...]]:
    """The notes that begin within some beats, with ticks counted from their start."""
    start = first * PPQ
    return {
        (track.name, note.pitch, note.velocity, note.start - start, note.end - start)
        for track in midi.tracks
        for note in track.notes
        if start <= note.start < start + beats * PPQ
    }


@pytest.fixture(scope="module")
def new(old_plan, old_cues, make_sheet) -> NewPlan:
    cues = recut_cues(make_sheet(27.55, (6.0, 9.3)), old_cues, STRETCHES)
    return plan_recut(old_plan, cues, STRETCHES)


@pytest.fixture(scope="module")
def old_file(old_music, old_plan, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("old") / "score.mid"
    write_midi(in_seconds(old_music, old_plan), path)
    return path


def test_ticks_and_velocities_stay_as_they_were(old_file, old_plan, new, tmp_path):
    music = read_old_music(old_file, old_plan)
    kept = kept_music(music, old_plan, new)
    assert len(new.kept) == 2 and len(kept.given.notes) > 150
    write_midi(with_given(empty(new.plan), kept.given), tmp_path / "new.mid")
    before, after = read_midi_file(old_file), read_midi_file(tmp_path / "new.mid")
    differ = 0
    for run in new.kept:
        old_notes = ticks(before, run.old, run.beats)
        new_notes = ticks(after, run.new, run.beats)
        assert {note[:4] for note in old_notes} == {note[:4] for note in new_notes}
        differ += len(old_notes - new_notes)
    assert 0 < kept.shortened < 8
    assert differ == kept.shortened


def test_seconds_stay_too(old_file, old_plan, new):
    kept = kept_music(read_old_music(old_file, old_plan), old_plan, new)
    clock = read_midi_file(old_file).clock
    run = new.kept[-1]
    moved = new.plan.seconds_at(run.new) - old_plan.seconds_at(run.old)
    drums = [n for n in kept.given.notes if n.onset >= new.plan.seconds_at(run.new) - 1e-3]
    first = float(clock.seconds(run.old * PPQ))
    assert min(note.onset for note in drums) == pytest.approx(first + moved, abs=1e-4)


def test_a_note_that_rings_into_new_music_ends_where_it_would_clash(old_plan):
    plan = replace(old_plan, phrases=(replace(old_plan.phrases[0], chords=("Gm", "A")),))
    new = NewPlan(plan, (KeptBars(0, 0, 4, 1),))
    rings = Note(Instrument.PIANO, 3.0, 7.0, 67)
    stays = replace(rings, pitch=69)
    drums = replace(rings, instrument=Instrument.DRUMS)
    kept = kept_music(OldMusic((rings, stays, drums), (), (rings, stays, drums)), plan, new)
    at = [round(float(plan.clock.ticks(note.end)), 3) for note in kept.given.notes]
    assert at == [4.0, 7.0, 7.0] and kept.shortened == 1


def test_a_note_ends_where_its_pitch_comes_again(old_plan):
    """Bars that did not follow each other may do so now."""
    new = NewPlan(replace(old_plan, phrases=(), last_chord=None),
                  (KeptBars(0, 0, 4, 1), KeptBars(8, 4, 4, 1)))  # fmt: skip
    notes = Note(Instrument.BASS, 3.0, 6.0, 40), Note(Instrument.BASS, 8.0, 9.0, 40)
    music = OldMusic(notes, (0.0, 8.0), notes)
    kept = kept_music(music, old_plan, new)
    assert [round(float(old_plan.clock.ticks(n.end)), 3) for n in kept.given.notes] == [4.0, 5.0]
    assert kept.shortened == 1
    assert [round(float(old_plan.clock.ticks(c)), 3) for c in kept.given.chords] == [0.0, 4.0]


def test_a_score_with_other_tempi_than_its_plan_is_refused(old_file, old_plan):
    other = replace(old_plan, points=((0, 0.0), (62, 32.0)), phrases=(), last_chord=None)
    with pytest.raises(EmsyncError, match="other tempi than the plan"):
        read_old_music(old_file, other)


def guitar(onset: float, end: float, pitch: int = 60, velocity: int = 80) -> Note:
    return Note(Instrument.GUITAR, onset, end, pitch, velocity)


@pytest.mark.parametrize(
    ("played", "is_found"),
    [
        (guitar(1.0, 1.8), True),
        (guitar(1.04, 1.9), True),
        (guitar(1.2, 1.9), False),
        (guitar(0.9, 1.9), False),
        (guitar(1.0, 2.5), False),
        (guitar(1.0, 1.8, pitch=61), False),
        (guitar(1.0, 1.8, velocity=81), False),
    ],
    ids=["early", "strummed", "late", "before", "longer", "pitch", "velocity"],
)
def test_a_played_note_is_known_as_written_unless_a_user_changed_it(played, is_found):
    written = guitar(1.0, 2.0)
    expected = written if is_found else played
    assert as_written([played], [guitar(0.0, 1.0), written, guitar(2.0, 3.0)]) == (expected,)


def test_kept_notes_are_composed_around_as_written_and_stay_as_played(
    old_plan, old_cues, old_music
):
    played = tuple(replace(note, end=note.end - 0.05) for note in old_music.notes)
    music = replace(old_music, played=played)
    inside = (Stretch(0.0, 0.0, 32.0),)
    new = plan_recut(old_plan, recut_cues(old_cues, old_cues, inside), inside, 0)
    kept = kept_music(music, old_plan, new)
    assert kept.given == kept_music(old_music, old_plan, new).given
    assert len(kept.played) == len(kept.given.notes) == len(set(kept.given.notes))
    shorter = [note.end - kept.played[note].end for note in kept.given.notes]
    assert min(shorter) > 0 and {note.onset for note in kept.played.values()} == {
        note.onset for note in kept.given.notes
    }
