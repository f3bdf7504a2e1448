import numpy as np
import pytest

from engine.emotion.experts.loudness import ROW, SILENCE, LoudnessMeter, measure


def test_a_full_sine_of_997_hertz_has_the_loudness_of_the_standard(sine):
    loudness, brightness = measure(sine(997, 1))
    assert loudness == pytest.approx(-3.01, abs=0.01)
    assert brightness == pytest.approx(997, abs=1)


def test_half_the_amplitude_is_six_decibels_less(sine):
    assert measure(sine(997, 1, 0.5))[0] == pytest.approx(-9.03, abs=0.01)


def test_bass_is_weighted_down_and_treble_up(sine):
    bass, middle, treble = (measure(sine(hertz, 1))[0].mean() for hertz in (30, 997, 5000))
    assert bass < middle - 5
    assert treble > middle + 2


def test_blocks_of_any_length_give_the_same_rows():
    sound = np.random.default_rng(0).normal(0, 0.1, 10 * ROW + 123).astype(np.float32)
    whole, parts = LoudnessMeter(), LoudnessMeter()
    once = [whole.push(sound)[0], whole.finish()[0]]
    pieces = [parts.push(sound[place : place + 777])[0] for place in range(0, sound.size, 777)]
    pieces.append(parts.finish()[0])
    assert np.concatenate(once).size == 11
    assert np.concatenate(pieces) == pytest.approx(np.concatenate(once))


def test_silence_is_at_the_gate_and_has_no_brightness():
    loudness, brightness = measure(np.zeros(3 * ROW, np.float32))
    assert loudness.tolist() == [SILENCE] * 2
    assert brightness.tolist() == [0, 0]


def test_no_sound_has_no_rows():
    assert LoudnessMeter().finish()[0].size == 0
