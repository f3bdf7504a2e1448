"""Features are found in every layout that a record may have."""

from __future__ import annotations

import numpy as np
import pytest

from engine.emotion.fusion_network import PAPER
from engine.errors import EmsyncError
from engine.section import EKMAN

torch = pytest.importorskip("torch")

from engine.training.emotion.features import modality_named, read_features  # noqa: E402


def array(name, value=1.0):
    modality = next(m for m in PAPER if m.name == name)
    return np.full((16, modality.width) if modality.sequence else modality.width, value, np.float32)


def save(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".pt":
        torch.save(
            {k: torch.from_numpy(v) for k, v in value.items()}
            if isinstance(value, dict)
            else torch.from_numpy(value),
            path,
        )
    elif path.suffix == ".npz":
        np.savez(path, **value)
    else:
        np.save(path, value)


def test_a_folder_for_each_modality_split_and_emotion(tmp_path):
    for split in ("train", "test"):
        for emotion in ("anger", "joy"):
            for folder, name in (("clip", "clip"), ("face_emotion", "faces"),
                                 ("asr_sentiment", "speech")):  # fmt: skip
                save(tmp_path / folder / split / emotion / f"{split}7.npy", array(name))
    videos = read_features(tmp_path)
    assert [video.name for video in videos] == [
        "anger/test7", "anger/train7", "joy/test7", "joy/train7",
    ]  # fmt: skip
    assert {video.split for video in videos} == {"train", "test"}
    assert EKMAN[videos[2].emotion] == "joy"
    assert all(set(video.features) == {"clip", "faces", "speech"} for video in videos)
    assert videos[0].features["clip"].shape == (16, 512)


def test_equal_numbers_of_different_emotions_are_different_videos(tmp_path):
    save(tmp_path / "clip" / "fear" / "1.pt", array("clip"))
    save(tmp_path / "clip" / "joy" / "1.pt", array("clip", 2))
    assert [(v.name, EKMAN[v.emotion]) for v in read_features(tmp_path)] == [
        ("fear/1", "fear"),
        ("joy/1", "joy"),
    ]


def test_modality_in_the_file_name_and_a_table_of_labels(tmp_path):
    save(tmp_path / "3YaRv-bQ_jrk_clip.npy", array("clip"))
    save(tmp_path / "ocr_sentiment_3YaRv-bQ_jrk.npy", array("titles"))
    (tmp_path / "labels.csv").write_text(
        "file,emotion,split\n3YaRv-bQ_jrk.mp4,Surprise,validation\n"
    )
    (video,) = read_features(tmp_path)
    assert (video.name, EKMAN[video.emotion], video.split) == ("3YaRv-bQ_jrk", "surprise", "val")
    assert set(video.features) == {"clip", "titles"}


def test_one_file_for_each_video_with_all_modalities(tmp_path):
    save(tmp_path / "sadness_12.npz", {"CLIP": array("clip"), "beats": array("beats")})
    (video,) = read_features(tmp_path)
    assert (video.name, EKMAN[video.emotion]) == ("sadness_12", "sadness")
    assert set(video.features) == {"clip", "beats"}


def test_a_folder_for_each_video_with_files_named_after_modalities(tmp_path):
    save(tmp_path / "disgust" / "v1" / "clip.pt", array("clip"))
    save(tmp_path / "disgust" / "v1" / "face_emotion.pt", array("faces"))
    (video,) = read_features(tmp_path)
    assert (video.name, EKMAN[video.emotion]) == ("disgust/v1", "disgust")
    assert set(video.features) == {"clip", "faces"}


def test_one_file_for_each_modality_with_all_videos(tmp_path):
    save(tmp_path / "beats.pt", {"a.mp4": array("beats"), "b.mp4": array("beats", 2)})
    (tmp_path / "labels.csv").write_text("file,emotion\na,joy\nb,fear\n")
    assert [(v.name, v.emotion) for v in read_features(tmp_path)] == [("a", 3), ("b", 2)]


def test_two_faces_are_averaged_and_one_look_is_a_sequence(tmp_path):
    faces = np.stack([array("faces", 1), array("faces", 3)], 1)
    save(tmp_path / "faces" / "joy" / "1.npy", faces)
    save(tmp_path / "clip" / "joy" / "1.npy", array("clip")[0])
    save(tmp_path / "asr" / "joy" / "1.npy", array("speech")[None])
    (video,) = read_features(tmp_path)
    assert video.features["faces"].shape == (16, 768) and (video.features["faces"] == 2).all()
    assert video.features["clip"].shape == (1, 512) and video.features["speech"].shape == (768,)


def test_mappings_may_be_nested_and_have_more_than_features(tmp_path):
    inner = {"joy": {"7.mp4": torch.from_numpy(array("clip"))}, "note": "made in 2024"}
    torch.save({"train": inner}, tmp_path / "clip.pt")
    torch.save({"joy": {"7": torch.from_numpy(array("titles"))}}, tmp_path / "ocr_sentiment.pt")
    save(tmp_path / "captions" / "joy" / "7.npy", np.ones(9, np.float32))
    said = []
    (video,) = read_features(tmp_path, skipped=said.append)
    assert (video.name, EKMAN[video.emotion], video.split) == ("joy/7", "joy", "train")
    assert set(video.features) == {"clip", "titles"}
    assert len(said) == 1 and said[0].startswith("2 arrays are of no modality, such as")


def test_a_video_without_faces_lacks_that_modality(tmp_path):
    save(tmp_path / "clip" / "joy" / "1.npy", array("clip")[None])
    save(tmp_path / "face" / "joy" / "1.npy", np.zeros((0, 768), np.float32))
    (video,) = read_features(tmp_path)
    assert {name: a.shape for name, a in video.features.items()} == {"clip": (16, 512)}


def test_videos_can_be_left_out(tmp_path):
    for name in ("1", "2", "3"):
        save(tmp_path / "clip" / "joy" / f"{name}.npy", array("clip"))
    assert [v.name for v in read_features(tmp_path, {"1", "joy/2"})] == ["joy/3"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("clip/joy/1.npy", np.ones((16, 100), np.float32), "last axis must be 512"),
        ("clip/1.npy", np.ones((16, 512), np.float32), "has no emotion"),
        ("joy/1.npy", np.ones((16, 512), np.float32), "no modality"),
        ("joy/1.npz", {"smell": np.ones(3, np.float32)}, r"joy.1.smell: no modality"),
        ("clip/joy/1.npy", np.array(["a", "b"]), "no numbers in it"),
        ("clip/joy/1.npy", np.full((16, 512), np.inf, np.float32), "not all finite"),
    ],
)
def test_what_does_not_fit_is_one_clear_line(tmp_path, name, value, message):
    save(tmp_path / name, value)
    with pytest.raises(EmsyncError, match=message):
        read_features(tmp_path)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".pt"])
def test_a_broken_file_and_no_files_are_one_clear_line(tmp_path, suffix):
    with pytest.raises(EmsyncError, match="has no features"):
        read_features(tmp_path)
    (tmp_path / f"clip{suffix}").write_bytes(b"nonsense")
    with pytest.raises(EmsyncError, match="can't be read as features"):
        read_features(tmp_path)


def test_a_file_with_code_in_it_is_not_run(tmp_path):
    np.save(tmp_path / "clip.npy", np.array([print], object), allow_pickle=True)
    torch.save(print, tmp_path / "beats.pt")
    for name in ("beats.pt", "clip.npy"):
        with pytest.raises(EmsyncError, match=f"{name}: can't be read"):
            read_features(tmp_path)
        (tmp_path / name).unlink()


@pytest.mark.parametrize(
    ("word", "modality"),
    [
        ("CLIP", "clip"), ("clip_features", "clip"), ("face_emotion", "faces"),
        ("asr-sentiment", "speech"), ("OCR", "titles"), ("clipper", None), ("joy", None),
        ("beats2", None),
    ],
)  # fmt: skip
def test_modalities_are_known_by_their_words(word, modality):
    assert modality_named(word) == modality
