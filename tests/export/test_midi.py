from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import EmsyncError
from engine.music.events import normalise
from engine.music.tempo import PPQ, tempo_map
from engine.score import Control, Instrument, Note, Score
from export.midi import write_midi, write_stems

NAMES = ["Bass", "Drums", "Guitar", "Piano", "Strings"]


def note(onset: float, end: float, pitch: int = 60, velocity: int = 80) -> Note:
    return Note(Instrument.PIANO, onset, end, pitch, velocity)


def piece(*notes: Note, duration: float = 8.0) -> Score:
    return Score(notes, tuple(np.arange(0, duration, 2).tolist()), (2.0,), duration)


def seconds_by_track(path: Path) -> list[list[tuple[float, mido.Message]]]:
    """Every message of every track with its time in seconds, by the file's own tempo map."""
    midi = mido.MidiFile(path)
    tempos, now = [], 0
    for message in midi.tracks[0]:
        now += message.time
        if message.type == "set_tempo":
            tempos.append((now, message.tempo))

    def seconds(tick: int) -> float:
        spans = pairwise([*tempos, (tick, 0)])
        return sum(max(min(b, tick) - a, 0) * tempo for (a, tempo), (b, _) in spans) / PPQ / 1e6

    return [
        list(zip(map(seconds, np.cumsum([m.time for m in track]).tolist()), track, strict=True))
        for track in midi.tracks
    ]


def read_notes(path: Path) -> list[Note]:
    """The notes as mido reads them; fails on a note that hangs or is released twice."""
    notes = []
    by_name = {instrument.value.capitalize(): instrument for instrument in Instrument}
    for track in seconds_by_track(path):
        active: dict[int, tuple[float, int]] = {}
        for time, message in track:
            if message.type == "note_on":
                assert message.note not in active
                active[message.note] = time, message.velocity
            elif message.type == "note_off":
                onset, velocity = active.pop(message.note)
                instrument = by_name[track[0][1].name]
                notes.append(Note(instrument, onset, time, message.note, velocity))
        assert not active
    return notes


def read_notes_with_pretty_midi(path: Path) -> list[Note]:
    by_program = {(i.program, i is Instrument.DRUMS): i for i in Instrument}
    return [
        Note(by_program[part.program, part.is_drum], n.start, n.end, n.pitch, n.velocity)
        for part in pretty_midi.PrettyMIDI(str(path)).instruments
        for n in part.notes
    ]


def by_key(notes: list[Note]) -> list[Note]:
    return sorted(notes, key=lambda n: (n.instrument.value, n.pitch, n.onset))


scores = st.builds(
    lambda notes, bars, chords, duration: normalise(
        Score(tuple(notes), tuple(np.cumsum(bars)), tuple(chords), duration)
    ),
    st.lists(
        st.builds(
            lambda instrument, onset, length, pitch: Note(instrument, onset, onset + length, pitch),
            st.sampled_from(Instrument),
            st.floats(0, 600),
            st.floats(0, 5),
            st.integers(21, 108) | st.just(60),
        ),
        max_size=20,
    ),
    st.lists(st.floats(0.5, 4), max_size=10),
    st.lists(st.floats(0, 600), max_size=3),
    st.floats(1, 601),
)


@given(scores)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_notes_come_back_within_a_tick(tmp_path: Path, score: Score) -> None:
    path = tmp_path / "score.mid"
    write_midi(score, path)
    tick = max(tempo.microseconds for tempo in tempo_map(score).tempos) / 1e6 / PPQ
    for read in (read_notes, read_notes_with_pretty_midi):
        found, expected = by_key(read(path)), by_key(list(score.notes))
        assert [(n.instrument, n.pitch, n.velocity) for n in found] == [
            (n.instrument, n.pitch, n.velocity) for n in expected
        ]
        for attribute in ("onset", "end"):
            times = [[getattr(n, attribute) for n in notes] for notes in (found, expected)]
            assert times[0] == pytest.approx(times[1], abs=tick)


def test_parts_have_their_names_programs_and_channels(tmp_path: Path) -> None:
    write_midi(piece(), tmp_path / "score.mid")
    conductor, *parts = mido.MidiFile(tmp_path / "score.mid").tracks
    assert [part.name for part in parts] == NAMES
    programs = [m for part in parts for m in part if m.type == "program_change"]
    assert [(m.channel, m.program) for m in programs] == [
        (i.channel, i.program) for i in Instrument
    ]
    assert [m.text for m in conductor if m.type == "marker"] == ["chord"]


def test_bars_and_tempos_are_those_of_the_score(tmp_path: Path) -> None:
    bars = [0.5, 2.5, 4.5, 6.5, 9.0, 11.5, 14.0]
    write_midi(Score((note(0, 16),), tuple(bars), (), 16), tmp_path / "score.mid")
    midi = pretty_midi.PrettyMIDI(str(tmp_path / "score.mid"))
    assert midi.get_downbeats() == pytest.approx([0, *bars], abs=1e-4)
    assert midi.get_tempo_changes()[1] == pytest.approx([120, 96])


def test_stems_have_the_tempo_map_and_length_of_the_score(tmp_path: Path) -> None:
    score = piece(note(0.1, 3), note(6, 7.9))
    write_midi(score, tmp_path / "score.mid")
    paths = write_stems(score, tmp_path / "stems")
    assert sorted(path.name for path in paths.values()) == [f"{n.lower()}.mid" for n in NAMES]
    tracks = seconds_by_track(tmp_path / "score.mid")
    maps = set()
    for path in paths.values():
        conductor, part = seconds_by_track(path)
        maps.add(tuple((t, str(m)) for t, m in conductor))
        tracks += [conductor, part]
    assert len(maps) == 1
    ends = [track[-1] for track in tracks]
    assert {message.type for _, message in ends} == {"end_of_track"}
    assert [time for time, _ in ends] == pytest.approx([8.0] * len(ends), abs=0.001)
    assert len(read_notes(paths[Instrument.PIANO])) == 2


@pytest.mark.parametrize(
    ("notes", "spans"),
    [
        ([note(1, 3), note(2, 4)], [(1, 2), (2, 4)]),  # the active one ends first
        ([note(1, 2), note(1, 4), note(1, 3)], [(1, 4)]),  # the same onset: the longest
        ([note(1, 2), note(2, 3)], [(1, 2), (2, 3)]),
        ([note(7, 9)], [(7, 8)]),  # no note outlasts the score
        ([note(1, 2, velocity=0)], [(1, 2)]),
    ],
)
def test_every_note_ends_before_the_next_of_its_pitch(
    tmp_path: Path, notes: list[Note], spans: list[tuple[float, float]]
) -> None:
    write_midi(piece(*notes), tmp_path / "score.mid")
    found = [(n.onset, n.end) for n in read_notes(tmp_path / "score.mid")]
    assert found == [pytest.approx(span, abs=0.001) for span in spans]


def test_equal_scores_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_midi(piece(note(1, 2), note(1, 2, 64)), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_empty_score_has_its_length(tmp_path: Path) -> None:
    write_midi(Score((), (), (), 3), tmp_path / "score.mid")
    assert mido.MidiFile(tmp_path / "score.mid").length == pytest.approx(3, abs=0.001)


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmsyncError, match="can't be written"):
        write_midi(piece(), tmp_path / "file" / "score.mid")
    with pytest.raises(EmsyncError, match="can't be written"):
        write_stems(piece(), tmp_path / "file")


def test_hits_are_markers_with_their_names(tmp_path):
    path = tmp_path / "score.mid"
    write_midi(piece(note(0, 1)), path, [(3.0, "Türe, 扉"), (4.0, "chord"), (99.0, "beyond")])
    found = mido.MidiFile(path, charset="utf-8")
    texts = [message.text for message in found.tracks[0] if message.type == "marker"]
    # The one chord is the score's own.
    assert texts == ["chord", "Türe, 扉"]
    (conductor, *_) = seconds_by_track(path)
    times = [time for time, message in conductor if message.type == "marker"]
    assert times == pytest.approx([2.0, 3.0], abs=0.001)


def test_controllers_are_in_their_part_before_the_notes_of_a_tick(tmp_path: Path) -> None:
    controls = (Control(0.0, Instrument.PIANO, 64, 127), Control(1.0, Instrument.PIANO, 64, 0))
    notes = (Note(Instrument.PIANO, 0.0, 1.0, 60), Note(Instrument.PIANO, 1.0, 2.0, 62))
    score = Score(notes, (0.0,), (), 2.0, controls=controls)
    paths = write_stems(score, tmp_path)
    kinds = [
        (message.type, getattr(message, "value", None))
        for message in mido.MidiFile(paths[Instrument.PIANO]).tracks[1]
        if message.type in ("note_on", "note_off", "control_change")
    ]
    assert kinds == [
        ("control_change", 127), ("note_on", None), ("note_off", None), ("control_change", 0),
        ("note_on", None), ("note_off", None),
    ]  # fmt: skip
    assert not any(
        message.type == "control_change"
        for message in mido.MidiFile(paths[Instrument.BASS]).tracks[1]
    )
