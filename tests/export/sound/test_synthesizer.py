from __future__ import annotations

import numpy as np
import pytest
from mido import Message

from engine.score import Instrument
from export.sound import synthesizer as module
from export.sound.events import has_notes, last_note_end, programs, read_events
from export.sound.fonts import part_font
from export.sound.synthesizer import STEP, Event, MidiRenderer, play_events, play_stretch

RATE = 48000


@pytest.fixture
def play(synthesizer, font):
    """Plays messages at seconds with the piano."""
    piano = part_font(font, Instrument.PIANO, {0})

    def sound(*events: tuple[float, Message], seconds: float = 3.0) -> np.ndarray:
        timed = [Event(round(time * RATE), message) for time, message in events]
        played = list(play_events(synthesizer, piano, timed, round(seconds * RATE)))
        return np.concatenate(played) / 32768

    return sound


def note(start: float, end: float, velocity: int = 90) -> list[tuple[float, Message]]:
    return [(start, Message("note_on", channel=2, note=60, velocity=velocity)),
            (end, Message("note_off", channel=2, note=60))]  # fmt: skip


def control(time: float, number: int, value: int) -> tuple[float, Message]:
    return time, Message("control_change", channel=2, control=number, value=value)


def level(sound: np.ndarray, start: float, end: float) -> float:
    return float(np.sqrt((sound[round(start * RATE) : round(end * RATE)] ** 2).mean()))


def test_a_note_sounds_when_it_is_played(play):
    sound = play(*note(1.0, 1.5))
    assert len(sound) == 3 * RATE
    assert np.abs(sound[: RATE - 480]).max() == 0
    first = np.argmax(np.abs(sound).max(1) > 0.002) / RATE
    assert first == pytest.approx(1.0, abs=0.005)
    assert level(sound, 2.5, 3.0) < 0.02 * level(sound, 1.0, 1.3)


def test_a_stretch_sounds_as_it_does_in_the_whole(font):
    pytest.importorskip("midirenderer")
    piano = part_font(font, Instrument.PIANO, {0})
    # Synthesizers take up events at multiples of 64 frames; so do some of these notes begin.
    timed = [
        Event(round(seconds * RATE), message)
        for n in range(240)
        for seconds, message in note(0.25 * n, 0.25 * n + 0.2)
    ]
    frames = 60 * RATE
    whole = np.concatenate(list(play_events(MidiRenderer(), piano, timed, frames)))
    for start, end in ((10, 13), (45, 55)):
        span = start * RATE, end * RATE
        first = (start - 3) * RATE // STEP * STEP
        sound = play_stretch(MidiRenderer(), piano, timed, first, span, frames)
        assert np.array_equal(sound, whole[span[0] : span[1]])


def test_volume_expression_and_pan_are_heard(play):
    plain = level(play(*note(0.0, 1.0)), 0.0, 1.0)
    for number in (7, 11):
        soft = level(play(control(0.0, number, 40), *note(0.0, 1.0)), 0.0, 1.0)
        assert soft < 0.5 * plain
    left = play(control(0.0, 10, 0), *note(0.0, 1.0))
    assert level(left[:, 1:], 0.0, 1.0) < 0.1 * level(left[:, :1], 0.0, 1.0)


def test_expression_changes_while_a_note_lasts(play):
    sound = play(control(0.0, 11, 20), *note(0.0, 2.0), control(1.0, 11, 127))
    plain = play(*note(0.0, 2.0))
    shares = [level(sound, a, a + 0.5) / level(plain, a, a + 0.5) for a in (0.4, 1.2)]
    assert shares[0] < 0.2 and shares[1] > 0.9


def test_the_pedal_holds_a_note(play):
    held = play(control(0.0, 64, 127), *note(0.1, 0.4))
    assert level(held, 1.0, 1.5) > 5 * level(play(*note(0.1, 0.4)), 1.0, 1.5)


def test_passages_sound_as_the_whole(play, monkeypatch):
    events = [control(0.0, 11, 60), *note(0.2, 1.4), control(0.8, 11, 120), *note(1.6, 1.9),
              control(1.7, 64, 127), *note(2.1, 2.3)]  # fmt: skip
    whole = play(*events)
    monkeypatch.setattr(module, "PASSAGE", 0.5)
    parts = play(*events)
    assert len(parts) == len(whole)
    # Blocks of a synthesizer begin elsewhere in a passage, which moves controllers by 1 ms.
    assert np.abs(parts - whole).max() < 0.1 * np.abs(whole).max()
    assert level(parts - whole, 0, 3) < 0.02 * level(whole, 0, 3)


def test_events_are_read_with_their_tempo(piece):
    paths = piece((Instrument.PIANO, 0.5, 1.25, 60), (Instrument.BASS, 2.0, 3.0, 40))
    events = read_events(paths[Instrument.PIANO])
    times = [e.frame / RATE for e in events if e.message.type in ("note_on", "note_off")]
    assert times == pytest.approx([0.5, 1.25], abs=0.002)
    assert programs(events) == {0} and has_notes(events)
    assert last_note_end(events) == pytest.approx(1.25, abs=0.002)
    assert not has_notes(read_events(paths[Instrument.DRUMS]))
