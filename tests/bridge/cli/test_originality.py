from __future__ import annotations

import json
from pathlib import Path

import mido
import numpy as np
import pytest

from engine.music.events import encode, normalise
from engine.originality.build import make_fingerprint
from engine.originality.fingerprint import write_fingerprint
from engine.score import Instrument, Note, Score

TUNE = np.random.default_rng(3).integers(55, 80, 60).tolist()
OWN = np.random.default_rng(900).integers(55, 80, 80).tolist()


def write(path: Path, *notes: tuple[int, int], program: int = 48) -> Path:
    """A MIDI file of (tick, pitch), each an eighth long, at 120 a minute (480 ticks a beat)."""
    track = mido.MidiTrack([mido.Message("program_change", program=program)])
    events = [(tick + late, late == 0, pitch) for tick, pitch in notes for late in (0, 240)]
    now = 0
    for tick, on, pitch in sorted(events):
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, note=pitch, velocity=80, time=tick - now))
        now = tick
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(path)
    return path


def line(*pitches: int) -> list[tuple[int, int]]:
    return [(240 * number, pitch) for number, pitch in enumerate(pitches)]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The fingerprint of one song, and a band of songs that share nothing."""

    def tokens(pitches):
        notes = (Note(Instrument.PIANO, n / 4, n / 4 + 0.25, p) for n, p in enumerate(pitches))
        return encode(normalise(Score(tuple(notes), (), (), len(pitches) / 4)))

    held_out = [tokens(np.random.default_rng(n).integers(55, 80, 120)) for n in range(30, 50)]
    path = tmp_path / "corpus.npz"
    write_fingerprint(make_fingerprint([("a", tokens(TUNE))], held_out, log2_bits=16), path)
    return path


@pytest.fixture
def checked(emsync, corpus, tmp_path):
    """Check a file against the corpus; returns the report and what was printed."""

    def run(path):
        out = tmp_path / "report.json"
        result = emsync("originality", path, "--fingerprint", corpus, "--json", out, "--force")
        assert result.status == 0, result.err
        return json.loads(out.read_text()), result.out

    return run


def test_a_quote_is_named_with_its_part_and_place(checked, tmp_path):
    report, out = checked(write(tmp_path / "a.mid", *line(*OWN[:40], *TUNE[:40])))
    part = report["parts"]["strings"]
    assert not part["within"]
    assert 40 <= part["longest"] <= 42
    assert part["begin"] == pytest.approx(10.0, abs=0.6)
    assert part["bar"] in (5, 6)
    assert f"bar {part['bar']}, {part['begin']:.1f} - {part['end']:.1f} s" in out
    assert "Listen there" in out
    assert "no legal advice" in out


def test_music_of_its_own_is_as_usual(checked, tmp_path):
    report, out = checked(write(tmp_path / "a.mid", *line(*OWN)))
    assert report["within"]
    assert report["share"] == 1.0
    assert "No part shares more than is usual" in out
    assert "under 24" in out


def test_a_part_of_few_notes_is_said_to_be_too_short(checked, tmp_path):
    _, out = checked(write(tmp_path / "a.mid", *line(*OWN[:23])))
    assert "too short to compare" in out
    _, out = checked(write(tmp_path / "b.mid", *line(*OWN[:24])))
    assert "too short" not in out


def test_ten_thousand_notes_at_one_instant_are_checked(checked, tmp_path):
    notes = [(0, 21 + number % 88) for number in range(10_000)]
    report, _ = checked(write(tmp_path / "a.mid", *notes))
    assert report["parts"]["strings"]["notes"] == 88


def test_a_file_without_notes_is_one_line(emsync, corpus, tmp_path):
    result = emsync("originality", write(tmp_path / "a.mid"), "--fingerprint", corpus)
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert "holds no notes" in result.err


def test_drums_alone_have_a_stated_answer(emsync, corpus, tmp_path):
    track = mido.MidiTrack(
        [mido.Message(kind, channel=9, note=36, time=48) for kind in ("note_on", "note_off")]
    )
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(tmp_path / "a.mid")
    result = emsync("originality", tmp_path / "a.mid", "--fingerprint", corpus)
    assert result.status == 0
    assert "no notes but drums" in result.out


@pytest.mark.parametrize("content", [b"", b"nothing", b"MThd\0\0\0\6\0\1\0\1"])
def test_what_is_no_midi_file_is_one_line(emsync, corpus, tmp_path, content):
    path = tmp_path / "a.mid"
    path.write_bytes(content)
    result = emsync("originality", path, "--fingerprint", corpus)
    assert (result.status, result.err.count("\n")) == (2, 1)


def test_a_folder_without_a_score_and_a_fingerprint_that_is_none_are_one_line(emsync, tmp_path):
    for words in (
        (tmp_path,),
        (write(tmp_path / "a.mid", *line(*OWN)), "--fingerprint", tmp_path / "a.mid"),
    ):
        result = emsync("originality", *words)
        assert (result.status, result.err.count("\n")) == (2, 1)
