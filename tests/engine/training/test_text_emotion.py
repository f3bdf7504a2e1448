import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.training.text_emotion import RATED, read_rated, train_classes, train_valence


def test_valence_is_found_from_vectors_that_carry_it():
    rng = np.random.default_rng(0)
    vectors = np.append(rng.normal(size=(400, 8)), np.ones((400, 1)), axis=1)
    layer = rng.normal(size=9)
    assert train_valence(vectors, vectors @ layer) == pytest.approx(layer, abs=0.05)


def test_classes_that_lie_apart_are_told_apart():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(7), 20)
    vectors = np.eye(7)[labels] + rng.normal(0, 0.1, (140, 7))
    vectors = np.append(vectors, np.ones((140, 1)), axis=1)
    assert ((vectors @ train_classes(vectors, labels).T).argmax(1) == labels).all()


def test_rated_texts_are_read_from_their_four_files(tmp_path):
    for name in RATED:
        (tmp_path / f"{name}_GroundTruth.txt").write_text("1\t2.0\tGood.\n2\t-4\tBad.\n")
    texts, ratings = read_rated(tmp_path)
    pairs = sorted(zip(texts, ratings.tolist(), strict=True))
    assert pairs == [("Bad.", -1.0)] * 4 + [("Good.", 0.5)] * 4


def test_a_folder_without_them_is_an_error_in_one_line(tmp_path):
    with pytest.raises(EmsyncError, match="no rated texts"):
        read_rated(tmp_path)
