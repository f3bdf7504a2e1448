"""The expert in scenes sees what the tiny network shows it: red is children, blue a funeral."""

from __future__ import annotations

import io

import numpy as np
import pytest

from engine.emotion.experts.expert import FilmContext
from engine.emotion.experts.scene import INTERVAL, load, scene_expert
from engine.emotion.reading import NOTHING
from engine.emotion.watching import Watching
from engine.hub import download
from engine.video.reader import open_video

pytest.importorskip("onnxruntime")

FILM = FilmContext((), 40.0)
TIMES = np.arange(0, 40, INTERVAL).tolist()
RED, BLUE = (20, 20, 250), (250, 20, 20)


def picture(colour):
    """A picture of one colour with some contrast."""
    image = np.full((90, 160, 3), colour, np.uint8)
    image[::2, ::2] //= 2
    return image


@pytest.fixture
def watch(tiny_scene):
    """The track of pictures: ``watch([(0.0, picture), ...])``."""

    def make(pictures):
        bundle = tiny_scene()
        download(bundle)
        watcher = scene_expert(bundle).watch()
        for time, image in pictures:
            watcher.picture(time, image)
        watcher.sound(0.0, np.zeros(1600, np.float32))
        return watcher.finish({})

    return make


@pytest.fixture
def track(watch):
    """20 s of children, then 20 s of a funeral."""
    return watch([(time, picture(RED if time < 20 else BLUE)) for time in TIMES])


def test_every_picture_is_kept_as_a_vector(track):
    assert track.times.tolist() == TIMES
    assert track.embeddings.shape == (20, 512) and not track.texts


def test_each_stretch_is_read_by_what_it_shows(track):
    happy, sad = track.reading(0, 20, FILM), track.reading(20, 40, FILM)
    assert max(happy.probabilities, key=happy.probabilities.get) == "joy"
    assert max(sad.probabilities, key=sad.probabilities.get) == "sadness"
    assert happy.point.valence > 0.3 > -0.3 > sad.point.valence
    assert happy.point.arousal > sad.point.arousal
    for reading in (happy, sad):
        assert sum(reading.probabilities.values()) == pytest.approx(1)
        assert 0.3 < reading.confidence <= 0.5
    assert happy.evidence[0].text.startswith("children playing (") and happy.evidence[0].time < 20
    assert sad.evidence[0].text.startswith("a funeral (") and sad.evidence[0].time >= 20


def test_one_picture_counts_little_and_many_count_much(track):
    one, many = track.reading(0, 1, FILM), track.reading(0, 20, FILM)
    assert one.probabilities["joy"] < many.probabilities["joy"]
    assert one.confidence < many.confidence
    assert one.point.valence_sd > many.point.valence_sd
    sparse = track.reading(39.5, 400, FilmContext((), 400.0))
    assert sparse == NOTHING and track.reading(38, 400, FILM).confidence < 0.01


def test_a_film_is_watched_in_the_one_pass(tiny_scene, demo):
    bundle = tiny_scene()
    download(bundle)
    watching, reader = Watching([scene_expert(bundle)]), open_video(demo)
    for frame in reader.frames(0.0, 10.0):
        watching.picture(frame.time, frame.picture)
    track = watching.finish()["scene"]
    assert track.times.tolist() == pytest.approx([0, 2, 4, 6, 8], abs=0.05)
    assert track.reading(0, 10, FilmContext((), 10.0)).confidence > 0.2


def test_a_spoilt_network_leaves_the_expert_out_with_a_warning(tiny_scene):
    bundle = tiny_scene()
    (download(bundle) / "vision_model_quantized.onnx").write_bytes(b"nonsense")
    watching = Watching([scene_expert(bundle)])
    with pytest.warns(UserWarning, match=r"scene failed .*emsync model download scene.* left out"):
        assert watching.finish() == {}


def test_plain_pictures_and_no_pictures_say_nothing(watch):
    for pictures in ([], [(n * 2.0, np.full((90, 160, 3), 40, np.uint8)) for n in range(10)]):
        found = watch(pictures)
        assert found.reading(0, 20, FILM) == NOTHING
        assert found.activity(0, 20, FILM) == {}


def test_a_track_comes_back_from_a_file(track):
    file = io.BytesIO()
    np.savez(file, **track.arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = load(dict(arrays))
    assert again.reading(0, 40, FILM) == track.reading(0, 40, FILM)


def test_arrays_of_anything_else_are_refused(track):
    arrays = dict(track.arrays())
    for changes in (
        {"prompts": np.array(["another"])},
        {"times": arrays["times"][:-1]},
        {"cosines": arrays["cosines"][:, :-1]},
    ):
        with pytest.raises(ValueError, match="other"):
            load(arrays | changes)
    with pytest.raises(KeyError):
        load({})


def test_the_expert_names_the_command_that_installs_it(tiny_scene):
    expert = scene_expert(tiny_scene())
    assert (expert.name, expert.interval, expert.needs_sound) == ("scene", 2.0, False)
    assert "emsync model download scene" in expert.missing()
    assert expert.load is load
