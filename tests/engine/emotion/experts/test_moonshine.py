import numpy as np
import pytest

from engine.emotion.experts import moonshine
from engine.emotion.experts.moonshine import Recogniser, Transcript, read_vocabulary


@pytest.fixture(scope="module")
def recogniser():
    if moonshine.missing():
        pytest.skip(moonshine.missing())
    return Recogniser()


def test_a_vocabulary_is_lengths_and_bytes():
    data = b"\x02ab" + b"\x00" + b"\x85\x01" + b"c" * 133
    assert read_vocabulary(data) == [b"ab", b"", b"c" * 133]


@pytest.mark.parametrize("data", [b"\x05ab", b"\x85"])
def test_half_a_vocabulary_is_refused(data):
    with pytest.raises(ValueError, match="ends within"):
        read_vocabulary(data)


def test_english_is_understood(recogniser, recording):
    found = recogniser.transcribe(recording("beckett"))
    assert "try again, fail again, fail better" in found.text.lower()
    assert found.plausible


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("de", "Guten Tag, ich wohne in einem kleinen Haus am Rande der Stadt."),
        ("fr", "Bonjour, j'habite dans une petite maison au bord de la ville."),
    ],
)
def test_other_languages_are_not_plausible(recogniser, speak, voice, text):
    assert not recogniser.transcribe(speak(text, voice)).plausible


def test_noise_and_hum_are_not_plausible(recogniser, sine):
    noise = np.random.default_rng(0).normal(0, 0.1, 80_000).astype(np.float32)
    assert not recogniser.transcribe(noise).plausible
    assert not recogniser.transcribe(sine(440, 5, 0.3)).plausible


@pytest.mark.parametrize("text", ["", "...", "and then " * 30])
def test_loops_and_empty_texts_are_not_plausible(text):
    assert not Transcript(text, -0.1).plausible


def test_a_click_gives_no_error(recogniser):
    assert isinstance(recogniser.transcribe(np.zeros(10, np.float32)).text, str)
