"""CLIP's loading code, on a tiny network of its shape that a hub on the loopback sends."""

from __future__ import annotations

import numpy as np
import pytest

from engine.emotion.experts.clip import (
    BUNDLE,
    PictureEncoder,
    missing,
    pixels,
    prompt_vectors,
    prompts,
    unit,
)
from engine.errors import EmsyncError
from engine.hub import download
from engine.section import EKMAN

pytest.importorskip("onnxruntime")


def test_the_prompts_are_sound():
    assert len({prompt.text for prompt in prompts()}) == len(prompts()) > 50
    for prompt in prompts():
        assert prompt.tokens[0] == 49406 and prompt.tokens[-1] == 49407, prompt.text
        assert all(0 < token < 49406 for token in prompt.tokens[1:-1]), prompt.text
        # "a film still of"
        assert prompt.tokens[1:5] == (320, 1860, 1170, 539), prompt.text
        assert -1 <= prompt.valence <= 1 and -1 <= prompt.arousal <= 1 and prompt.sd > 0
        assert set(prompt.emotions) <= set(EKMAN) and sum(prompt.emotions.values()) < 0.9
    for emotion in EKMAN:
        assert sum(prompt.emotions.get(emotion, 0) >= 0.55 for prompt in prompts()) >= 2, emotion


def test_what_is_downloaded_is_pinned():
    assert [file.name for file in BUNDLE.files] == [
        "vision_model_quantized.onnx", "text_model_quantized.onnx",
    ]  # fmt: skip
    for file in BUNDLE.files:
        assert len(file.revision) == 40 and len(bytes.fromhex(file.sha256)) == 32
    assert BUNDLE.size < 160e6


def test_it_says_what_is_missing_until_it_is_there(tiny_scene):
    bundle = tiny_scene()
    assert missing(bundle).endswith("emsync model download scene (2 MB, once)")
    download(bundle)
    assert missing(bundle) == ""


def test_vectors_of_prompts_are_computed_once_and_kept(tiny_scene):
    bundle = tiny_scene()
    download(bundle)
    vectors = prompt_vectors(bundle)
    assert vectors.shape == (len(prompts()), 512)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    bundle.path(bundle.files[1]).unlink()
    assert np.array_equal(prompt_vectors(bundle), vectors)
    (kept,) = bundle.folder.glob("prompts-*.npy")
    kept.write_bytes(b"spoilt")
    with pytest.raises(EmsyncError, match=r"emsync model download scene"):
        prompt_vectors(bundle)


def test_vectors_that_can_t_be_kept_still_work(tiny_scene):
    bundle = tiny_scene()
    download(bundle)
    vectors = prompt_vectors(bundle)
    (kept,) = bundle.folder.glob("prompts-*.npy")
    kept.unlink()
    # A folder in the file's place can be neither read nor replaced.
    kept.mkdir()
    assert np.array_equal(prompt_vectors(bundle), vectors)


@pytest.mark.parametrize("spoilt", ["nonsense", "the other network"])
def test_a_spoilt_network_is_one_line(tiny_scene, tiny_clip, spoilt):
    bundle = tiny_scene()
    download(bundle)
    data = b"nonsense" if spoilt == "nonsense" else tiny_clip[1]
    bundle.path(bundle.files[0]).write_bytes(data)
    with pytest.raises(EmsyncError, match=r"delete it, then run: emsync model download scene"):
        PictureEncoder(bundle)


@pytest.mark.parametrize("shape", [(225, 400), (400, 225), (20, 30), (224, 224), (1, 400)])
def test_pictures_of_any_shape_become_a_square(shape):
    image = np.zeros((*shape, 3), np.uint8)
    image[..., 2] = 255
    found = pixels(image)
    assert found.shape == (1, 3, 224, 224) and found.dtype == np.float32
    # Red is the first channel; CLIP's means and deviations.
    assert found[0, 0] == pytest.approx((1 - 0.48145466) / 0.26862954, abs=1e-4)
    assert found[0, 2] == pytest.approx(-0.40821073 / 0.27577711, abs=1e-4)


def test_the_middle_of_a_wide_picture_is_taken():
    image = np.zeros((224, 448, 3), np.uint8)
    image[:, 112:336] = 255
    assert (pixels(image)[0, 0] > 1).all()


def test_a_picture_keeps_the_length_that_the_network_gives_it(tiny_scene):
    bundle = tiny_scene()
    download(bundle)
    encoder = PictureEncoder(bundle)
    dim, bright = (encoder.encode(np.full((90, 160, 3), value, np.uint8)) for value in (20, 250))
    assert dim.shape == (1, 512)
    assert np.linalg.norm(bright) > 2 * np.linalg.norm(dim)
    assert np.linalg.norm(unit(bright)) == pytest.approx(1)
