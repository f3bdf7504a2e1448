from __future__ import annotations

import tarfile
from dataclasses import replace
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import vocabulary as voc
from engine.music.events import ScoreBuilder, decode, encode, normalise
from engine.score import Instrument, Note, Score

BASS, DRUMS, GUITAR, PIANO, STRINGS = Instrument


def names(score: Score) -> list[str]:
    return [voc.name(token) for token in encode(score)]


def score(*notes: Note, bars=(), chords=(), duration=4.0) -> Score:
    return normalise(Score(notes, bars, chords, duration))


def notes_of(*tokens: int, duration: float | None = None) -> list[tuple[float, float]]:
    """(onset, end) of the notes of a sequence of tokens."""
    return [(note.onset, note.end) for note in decode(tokens, duration).notes]


ON, OFF = voc.note_on(PIANO, 60), voc.note_off(PIANO, 60)
HALF, QUARTER = voc.shift(60), voc.shift(30)  # 0.48 s, 0.24 s


@given(st.data())
def test_round_trip_is_exact_on_the_normal_form(scores, data):
    normal = normalise(data.draw(scores))
    assert decode(encode(normal)) == normal


@given(st.data())
def test_the_normal_form_keeps_its_rules(scores, data):
    song = data.draw(scores)
    normal = normalise(song)
    assert normalise(normal) == normal
    assert abs(normal.duration - song.duration) <= 0.004 + 1e-9
    for note in normal.notes:
        assert 0 <= note.onset < note.end <= normal.duration
        assert 21 <= note.pitch <= 108
    by_key = sorted(normal.notes, key=lambda n: (n.instrument.value, n.pitch, n.onset))
    for a, b in pairwise(by_key):
        assert (a.instrument, a.pitch) != (b.instrument, b.pitch) or a.end <= b.onset


@given(st.data())
def test_every_onset_in_range_survives(scores, data):
    song = data.draw(scores)
    end = voc.to_steps(song.duration)
    expected = {
        (note.instrument, voc.to_steps(note.onset), note.pitch)
        for note in song.notes
        if 21 <= note.pitch <= 108 and voc.to_steps(note.onset) < end
    }
    kept = {(n.instrument, voc.to_steps(n.onset), n.pitch) for n in normalise(song).notes}
    assert kept == expected


def test_rounding_does_not_accumulate_over_ten_minutes():
    onsets = [n * 0.0977 + n % 7 * 0.00131 for n in range(6000)]
    song = Score(
        tuple(Note(PIANO, t, t + 0.0511, 40 + n % 50) for n, t in enumerate(onsets)),
        tuple(n * 2.0013 for n in range(300)),
        tuple(n * 4.0007 for n in range(150)),
        600.0,
    )
    again = decode(encode(normalise(song)))
    for times, decoded in (
        (onsets, [note.onset for note in again.notes]),
        ([note.end for note in song.notes], [note.end for note in again.notes]),
        (song.bars, again.bars),
        (song.chords, again.chords),
    ):
        assert max(abs(a - b) for a, b in zip(times, decoded, strict=True)) <= 0.004 + 1e-9


def test_tokens_of_an_instant_have_a_fixed_order():
    every = [Note(i, t, t + 1, 60) for t in (0.0, 1.0) for i in Instrument]
    at_one = names(score(*every, bars=(1.0,), chords=(1.0,), duration=2.0))[7:]
    assert at_one == [
        *(f"{name}_OFF_60" for name in ("DRUMS", "BASS", "STRINGS", "GUITAR", "PIANO")),
        "BAR",
        *("DRUMS_ON_60", "BASS_ON_60", "STRINGS_ON_60", "CHORD", "GUITAR_ON_60", "PIANO_ON_60"),
        "TIMESHIFT_1000",
        *(f"{name}_OFF_60" for name in ("DRUMS", "BASS", "STRINGS", "GUITAR", "PIANO")),
    ]


def test_a_long_silence_is_whole_seconds_and_a_remainder():
    assert names(score(duration=2.6)) == ["START", *["TIMESHIFT_1000"] * 2, "TIMESHIFT_600"]
    assert names(score(duration=2.0)) == ["START", *["TIMESHIFT_1000"] * 2]
    assert names(score(duration=0.0)) == ["START"]


def test_the_longest_of_notes_with_the_same_onset_is_kept():
    (note,) = score(Note(BASS, 0, 1, 40), Note(BASS, 0.001, 3, 40), Note(BASS, 0, 2, 40)).notes
    assert note.end == 3.0


def test_a_new_onset_ends_the_active_note_of_its_pitch():
    first, second = score(Note(BASS, 0, 3, 40), Note(BASS, 1, 2, 40)).notes
    assert (first.end, second.onset, second.end) == (1.0, 1.0, 2.0)


def test_a_note_lasts_at_least_a_step():
    assert score(Note(DRUMS, 1.0, 1.0, 38)).notes[0].end == 1.008


def test_guitar_and_piano_notes_of_a_chord_are_louder():
    notes = [Note(i, t, t + 1, 60, velocity=33) for t in (0.0, 1.0) for i in Instrument]
    loud = {(n.instrument, n.onset) for n in score(*notes, chords=(1.0,)).notes if n.velocity > 80}
    assert loud == {(GUITAR, 1.0), (PIANO, 1.0)}
    assert {n.velocity for n in score(*notes, chords=(1.0,)).notes} == {80, 120}


@pytest.mark.parametrize(
    ("tokens", "notes"),
    [
        ((ON, HALF, OFF), [(0.0, 0.48)]),
        ((ON, HALF, ON, HALF, OFF), [(0.0, 0.48), (0.48, 0.96)]),
        ((OFF, HALF, OFF, ON, HALF, OFF, OFF), [(0.48, 0.96)]),
        ((ON, OFF, HALF), []),
        ((ON, HALF), [(0.0, 0.48)]),
        ((HALF, ON), []),
        ((voc.PAD, voc.MORE_INSTRUMENTS, ON, voc.START, HALF, OFF), [(0.0, 0.48)]),
        ((), []),
    ],
    ids=[
        "plain",
        "second-ON",
        "stray-OFF",
        "no-length",
        "open",
        "at-the-end",
        "other-tokens",
        "nothing",
    ],
)
def test_any_sequence_of_tokens_is_a_score(tokens, notes):
    assert notes_of(*tokens) == notes


@pytest.mark.parametrize(
    ("duration", "notes"),
    [(0.2, [(0.0, 0.2)]), (0.72, [(0.0, 0.24), (0.48, 0.72)]), (2.0, [(0.0, 0.24), (0.48, 2.0)])],
)
def test_notes_end_at_the_end_of_the_score(duration, notes):
    tokens = (voc.BAR, ON, QUARTER, OFF, QUARTER, voc.BAR, ON, QUARTER, QUARTER)
    assert notes_of(*tokens, duration=duration) == notes
    decoded = decode(tokens, duration)
    assert decoded.duration == duration
    assert decoded.bars == ((0.0,) if duration == 0.2 else (0.0, 0.48))


def test_only_notes_at_the_instant_of_a_chord_are_accented():
    again = voc.note_on(PIANO, 64)
    strings = voc.note_on(STRINGS, 64)
    decoded = decode([voc.CHORD, voc.CHORD, ON, strings, HALF, again, HALF])
    assert decoded.chords == (0.0,)
    assert [(n.instrument, n.velocity) for n in decoded.notes] == [
        (PIANO, 120),
        (STRINGS, 80),
        (PIANO, 80),
    ]


def test_an_active_note_can_be_closed_without_a_token():
    builder = ScoreBuilder()
    for token in (ON, HALF):
        builder.push(token)
    builder.close((voc.INSTRUMENTS.index(PIANO), 60))
    builder.close((voc.INSTRUMENTS.index(PIANO), 60))
    assert not builder.active
    assert [(n.onset, n.end) for n in builder.finish(2.0).notes] == [(0.0, 0.48)]


def test_round_trips_of_real_songs_are_exact(shared, tmp_path):
    pytest.importorskip("symusic")
    from engine.training.corpus.songs import UnusableSong, read_song

    archive = shared / "corpus" / "midi.tar.xz"
    if not archive.exists():
        pytest.skip("needs ../shared/corpus/midi.tar.xz")
    songs, path = 0, tmp_path / "song.mid"
    with tarfile.open(archive, "r|xz") as members:
        for member in islice((m for m in members if m.name.endswith(".mid")), 250):
            path.write_bytes(members.extractfile(member).read())
            try:
                song = read_song(path).score
            except UnusableSong:
                continue
            begin = tuple(note for note in song.notes if note.onset < 30)
            normal = normalise(replace(song, notes=begin, duration=min(30, song.duration)))
            assert decode(encode(normal)) == normal, member.name
            assert len(normal.notes) > 0.5 * len(begin), member.name
            songs += 1
            if songs == 200:
                break
    assert songs == 200
