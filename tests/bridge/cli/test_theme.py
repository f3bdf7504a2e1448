"""``emsync score --theme``: a film's piece begins with the user's theme."""

from __future__ import annotations

import json

import pytest
from mido import Message, MetaMessage, MidiFile, MidiTrack, bpm2tempo

from engine.music.midi_file import read_midi_file

TUNE = (69, 72, 76, 74, 72, 71, 69, 68)


@pytest.fixture
def theme(tmp_path):
    """A theme of two bars in A minor, for strings, at 100 a minute."""
    file = MidiFile(ticks_per_beat=480)
    track = MidiTrack([
        MetaMessage("set_tempo", tempo=bpm2tempo(100)),
        MetaMessage("track_name", name="Strings"),
    ])  # fmt: skip
    for pitch in TUNE:
        track.append(Message("note_on", note=pitch, velocity=90, time=0))
        track.append(Message("note_off", note=pitch, time=480))
    file.tracks.append(track)
    file.save(tmp_path / "theme.mid")
    return tmp_path / "theme.mid"


@pytest.fixture(scope="module")
def film(draw_film, tmp_path_factory):
    """A film of 30 s."""
    return draw_film(tmp_path_factory.mktemp("films") / "film.mp4", 30, 13)


@pytest.fixture
def score(emsync, film, network_file, tmp_path):
    """Score the film with these words."""
    usual = ("--model", network_file, "--takes", 1, "--no-audio", "-o", tmp_path / "out")
    return lambda *words: emsync("score", film, *usual, *words)


def part(folder, name):
    midi = read_midi_file(folder / "score.mid")
    (track,) = [track for track in midi.tracks if track.name.lower() == name]
    beats = midi.ticks_per_beat
    return [(n.start / beats, n.pitch, n.velocity) for n in sorted(track.notes)], midi


def test_a_piece_begins_with_the_theme_in_its_tempo_and_key(score, theme, tmp_path):
    result = score("--theme", theme)
    assert result.status == 0, result.err
    notes, midi = part(tmp_path / "out", "strings")
    assert notes[:8] == [(float(n), pitch, 90) for n, pitch in enumerate(TUNE)]
    assert abs(60e6 / midi.tempos[0][1] - 100) < 0.1
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert plan["phrases"][0]["key"] == "A minor"
    begins = json.loads((tmp_path / "out" / "report.json").read_text())["theme"]
    assert begins[0] == 0.0
    assert "the theme begins at 0.0" in result.out


def test_another_part_key_and_tempo_are_the_user_s(score, theme, tmp_path):
    words = ("--theme", theme, "--theme-part", "piano", "--key", "B minor", "--bpm", 120)
    result = score(*words)
    assert result.status == 0, result.err
    notes, midi = part(tmp_path / "out", "piano")
    assert notes[:8] == [(float(n), pitch + 2, 90) for n, pitch in enumerate(TUNE)]
    assert abs(60e6 / midi.tempos[0][1] - 120) < 0.1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--theme", "none.mid"), "can't be read"),
        (("--theme-part", "piano"), "goes with --theme"),
        (("--theme", "THEME", "--theme-part", "kazoo"), "choose from bass"),
        (("--theme", "THEME", "--free"), "a theme needs a plan"),
        (("--theme", "THEME", "--instruments", "piano"), "strings plays it"),
    ],
)
def test_what_is_no_theme_is_one_line(score, theme, words, complaint):
    result = score(*(theme if word == "THEME" else word for word in words))
    assert result.status == 2 and result.err.count("\n") == 1
    assert complaint in result.err
