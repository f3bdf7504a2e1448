import numpy as np

from engine.originality.build import COMMON, make_fingerprint, song_hashes
from engine.originality.grams import gram_hashes
from engine.originality.passages import longest_passage


def test_every_gram_of_a_song_is_known(fingerprint, tune):
    for seed in (0, 17, 39):
        assert fingerprint.knows(gram_hashes(np.array(tune(seed)))).all()


def test_what_many_songs_have_is_left_out(fingerprint, scale):
    assert longest_passage(np.array(scale * 2), fingerprint)[1] < 24


def test_songs_of_one_group_count_once(tune, tokens):
    versions = [("one group", tokens(tune(0))) for _ in range(COMMON + 5)]
    others = [(f"{number}", tokens(tune(1))) for number in range(COMMON + 1)]
    found = make_fingerprint([*versions, *others], [], log2_bits=16)
    assert found.songs == len(versions) + len(others)
    assert longest_passage(np.array(tune(0)), found) == (0, 60)
    assert longest_passage(np.array(tune(1)), found)[1] < 24


def test_only_grams_of_distinctive_passages_are_taken(tokens):
    for pitches in ([60] * 40, [60, 62] * 20):
        grams, passages = song_hashes(tokens(pitches))
        assert len(grams) == len(passages) == 0


def test_an_empty_corpus_knows_nothing(tune):
    found = make_fingerprint([], [], log2_bits=10)
    assert not found.knows(gram_hashes(np.array(tune(0)))).any()
    assert found.usual(100) > 0


def test_the_band_comes_from_songs_that_are_held_out(fingerprint):
    assert fingerprint.band[:, 0].tolist() == [50, 100]
    assert (fingerprint.band[:, 1] < 24).all()
