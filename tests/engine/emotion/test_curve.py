from collections.abc import Callable

import cv2
import numpy as np
import pytest

from engine.emotion.curve import sections
from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.look import Look
from engine.emotion.fusion_features import READING
from engine.emotion.fusion_network import STEPS, Card, Modality, card_path
from engine.emotion.mapping import mixture_mean

Colour = tuple[int, int, int]
COARSE = np.random.default_rng(0).uniform(0.3, 1, (10, 20))
TEXTURE = np.clip(cv2.resize(COARSE, (160, 90), interpolation=cv2.INTER_CUBIC), 0, 1)


def watch(colour: Callable[[float], Colour], seconds: float, fps: float = 5) -> Look:
    """Perceives a texture that moves five pixels a second; colour: BGR at each time."""
    look = Look()
    for frame in range(round(seconds * fps)):
        time = frame / fps
        moved = np.roll(TEXTURE, round(5 * time), axis=1)[..., None]
        look.picture(time, (moved * colour(time)).astype(np.uint8))
    return look


def day_and_night(time: float) -> Colour:
    return (150, 240, 255) if time < 40 else (30, 20, 15)


def read(look: Look, cuts: tuple[float, ...], duration: float, **options):
    return sections({"look": look}, FilmContext(cuts, duration), **options)


def test_a_film_that_changes_has_sections() -> None:
    look = watch(day_and_night, 80)
    day, night = read(look, (20.0, 40.0, 60.0), 80)
    assert (day.start, day.end, night.start, night.end) == (0, 40, 40, 80)
    assert day.valence > night.valence + 0.15
    assert day.source == "look"
    assert "bright picture" in {each.text for each in day.evidence}
    assert "dark picture" in {each.text for each in night.evidence}


def test_the_papers_mapping_depends_on_the_probabilities_alone() -> None:
    for section in read(watch(day_and_night, 80), (40.0,), 80, mapping="paper"):
        mapped = mixture_mean(section.probabilities)
        assert (section.valence, section.arousal) == pytest.approx(mapped)
        assert section.arousal_from == {"categories": 1}


def test_a_trained_network_gives_the_probabilities(tmp_path) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    value, node = onnx.helper.make_tensor_value_info, onnx.helper.make_node
    initial = [
        onnx.numpy_helper.from_array(np.array(places, np.int64), name)
        for name, places in (("from", [0]), ("to", [6]), ("axis", [1]))
    ]
    graph = onnx.helper.make_graph(
        [
            node("ReduceMean", ["look"], ["mean"], axes=[1], keepdims=0),
            # The first six features of a reading are its probabilities.
            node("Slice", ["mean", "from", "to", "axis"], ["logits"]),
        ],
        "probabilities",
        [value("look", onnx.TensorProto.FLOAT, ["n", STEPS, READING])],
        [value("logits", onnx.TensorProto.FLOAT, ["n", 6])],
        initial,
    )
    path = tmp_path / "emotion.onnx"
    opsets = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    card = Card((Modality("look", READING, True),), {"look": (0.0, 1.0)}, 0.002, "abc", {})
    card_path(path).write_text(card.to_json())
    look = watch(day_and_night, 80)
    late, own = (read(look, (40.0,), 80, network=network) for network in (None, path))
    for before, after in zip(late, own, strict=True):
        # A low temperature makes the likeliest emotion surer.
        likeliest = max(after.probabilities, key=after.probabilities.__getitem__)
        assert before.probabilities[likeliest] > 1 / 6
        assert after.probabilities[likeliest] > before.probabilities[likeliest] + 0.1
        assert after.arousal_from["categories"] > before.arousal_from["categories"]


def test_a_film_that_does_not_change_is_one_section() -> None:
    look = watch(lambda _: (150, 240, 255), 100)
    (whole,) = read(look, (20.0, 40.0, 60.0, 80.0), 100)
    assert (whole.start, whole.end) == (0, 100)
    apart = read(look, (20.0, 40.0, 60.0, 80.0), 100, alike=0)
    assert [section.end for section in apart] == [20, 40, 60, 80, 100]


def test_sections_scale_with_intensity() -> None:
    look = watch(lambda _: (150, 240, 255), 30)
    (full,), (half,) = (read(look, (), 30, intensity=most) for most in (0.8, 0.4))
    assert half.valence == pytest.approx(full.valence / 2)
    assert half.arousal == pytest.approx(full.arousal / 2)


def test_the_livelier_half_of_a_film_has_more_arousal_than_it_has_by_itself() -> None:
    def stir(look: Look, start: int, speed: float) -> None:
        for frame in range(100):
            moved = np.roll(TEXTURE, round(speed * frame / 5), axis=1)[..., None]
            look.picture(start + frame / 5, (moved * (120, 120, 120)).astype(np.uint8))

    both, alone = Look(), Look()
    stir(both, 0, 3)
    stir(both, 20, 40)
    stir(alone, 0, 40)
    calm, lively = read(both, (20.0,), 40)
    (by_itself,) = read(alone, (), 20)
    assert lively.arousal > by_itself.arousal + 0.05 > calm.arousal + 0.2
    assert lively.arousal_from["contrast within the film"] > 0.2
    assert sum(lively.arousal_from.values()) == pytest.approx(1, abs=0.01)
