"""The fusion network learns a known rule, and goes on exactly where it stopped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import EmsyncError

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from engine.emotion.calibration import UNIFORM_LOSS, log_loss  # noqa: E402
from engine.training.emotion.dataset import labels  # noqa: E402
from engine.training.emotion.figures import figures  # noqa: E402
from engine.training.emotion.train import Settings, predict, train  # noqa: E402

QUICK = Settings(rate=3e-3, batch=32, epochs=12, patience=12, width=16)


def no_report(*_):
    pass


@pytest.fixture(scope="module")
def parts(made_up):
    return {"train": made_up(240), "val": made_up(60, seed=1), "test": made_up(120, seed=2)}


@pytest.fixture(scope="module")
def trained(parts, tmp_path_factory, small):
    return train(parts, small, QUICK, tmp_path_factory.mktemp("run"), no_report)


def test_a_known_rule_is_learned_far_above_chance(parts, trained):
    probabilities = predict(trained.model, parts["test"], trained.ranges)
    found = figures(probabilities, parts["test"])
    assert found["top_1"]["value"] > 0.8 and found["top_1"]["n"] == 120
    assert found["log_loss"]["interval"][1] < UNIFORM_LOSS - 0.5
    confused = np.array(list(found["confusion"].values()))
    assert confused.sum() == 120 and np.trace(confused) > 96


def test_labels_without_a_rule_are_not_learned(made_up, tmp_path, small):
    rng = np.random.default_rng(0)

    def shuffled(count, seed):
        return [replace(v, emotion=int(rng.integers(6))) for v in made_up(count, seed)]

    parts = {"train": shuffled(120, 0), "val": shuffled(60, 1)}
    test = shuffled(240, 2)
    run = train(parts, small, QUICK, tmp_path, no_report)
    loss = log_loss(predict(run.model, test, run.ranges), labels(test))
    assert loss > UNIFORM_LOSS - 0.1


def test_a_run_that_goes_on_ends_as_if_it_had_not_stopped(parts, tmp_path, small):
    hiding = replace(QUICK, epochs=4, hide=0.3)
    whole = train(parts, small, hiding, tmp_path / "whole", no_report)
    train(parts, small, replace(hiding, epochs=2), tmp_path / "parts", no_report)
    seen = []
    again = train(parts, small, hiding, tmp_path / "parts", lambda epoch, *_: seen.append(epoch))
    assert seen == [3, 4]
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name
    assert again.temperature == whole.temperature


def test_it_stops_when_validation_does_not_get_better(parts, tmp_path, small):
    settings = Settings(rate=0.0, epochs=50, patience=3, width=16)
    run = train(parts, small, settings, tmp_path, no_report)
    assert (run.epoch, run.epochs) == (1, 4)


def test_the_best_epoch_is_kept_and_not_the_last(parts, tmp_path, small):
    losses = {}
    settings = Settings(rate=0.1, epochs=10, patience=10, width=16)
    run = train(parts, small, settings, tmp_path, lambda e, _, loss, best: losses.update({e: loss}))
    assert losses[run.epoch] == min(losses.values())
    kept = log_loss(predict(run.model, parts["val"], run.ranges), labels(parts["val"]))
    assert kept == pytest.approx(losses[run.epoch])


def test_a_checkpoint_of_other_videos_is_refused(parts, made_up, tmp_path, small):
    settings = Settings(rate=1e-3, epochs=1, width=16)
    train(parts, small, settings, tmp_path, no_report)
    with pytest.raises(EmsyncError, match="other settings or videos"):
        train({**parts, "train": made_up(30, 9)}, small, settings, tmp_path, no_report)
    (tmp_path / "checkpoint.pt").write_bytes(b"nonsense")
    with pytest.raises(EmsyncError, match="is no checkpoint"):
        train(parts, small, settings, tmp_path, no_report)


def test_a_loss_that_is_not_finite_ends_the_run_in_one_line(parts, tmp_path, small):
    settings = Settings(rate=1e30, epochs=5, width=16)
    with pytest.raises(EmsyncError, match="lower the rate"):
        train(parts, small, settings, tmp_path, no_report)


def test_a_device_that_is_not_there_is_one_line(parts, small, tmp_path):
    with pytest.raises(EmsyncError, match="PyTorch can't use it here; choose cpu"):
        train(parts, small, QUICK, tmp_path, no_report, device="cuda:99")
