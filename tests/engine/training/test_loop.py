from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass, field, fields, replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from engine.errors import EmsyncError  # noqa: E402
from engine.model.header import read_header  # noqa: E402
from engine.model.weights import read_weights  # noqa: E402
from engine.music import vocabulary as voc  # noqa: E402
from engine.training.corpus.token_cache import Cache  # noqa: E402
from engine.training.dataset import Recipe  # noqa: E402
from engine.training.log import LOG_COLUMNS  # noqa: E402
from engine.training.loop import train  # noqa: E402
from engine.training.plan import TrainingPlan  # noqa: E402

PLAN = TrainingPlan(steps=6, batch=4, micro=2, warmup=2, validate_every=3, validation_windows=4)
LONG = Recipe(short=0.0)
both = pytest.mark.parametrize("positions", ["relative", "rotary"])


@pytest.fixture
def config(tiny):
    """A network that trains quickly. Its dropout tests the random state."""
    return lambda positions="rotary": tiny(positions, layers=1, context=48, dropout=0.1)


def log(folder) -> list[dict[str, str]]:
    with (folder / "log.csv").open() as lines:
        return list(csv.DictReader(lines))


def weights(folder) -> dict[str, torch.Tensor]:
    return torch.load(folder / "checkpoint.pt", weights_only=True)["model"]


def equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@both
def test_training_lowers_the_loss(cache, config, tmp_path, positions):
    plan = replace(PLAN, steps=24, micro=4, validate_every=6)
    nll = train(cache, config(positions), plan, tmp_path)
    rows = log(tmp_path)
    assert list(rows[0]) == list(LOG_COLUMNS)
    assert [int(row["step"]) for row in rows] == [6, 12, 18, 24]
    assert float(rows[-1]["train_loss"]) < 0.9 * float(rows[0]["train_loss"])
    assert nll < 0.85 * math.log(voc.SIZE)
    assert f"{nll:.4f}" == rows[-1]["validation_nll"]


def test_a_run_writes_checkpoint_log_plot_settings_and_weights(cache, config, tmp_path):
    nll = train(cache, config(), PLAN, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {
        "checkpoint.pt",
        "log.csv",
        "log.png",
        "model.safetensors",
        "settings.json",
    }
    found, state = read_weights(tmp_path / "model.safetensors")
    assert found == config()
    for name, value in weights(tmp_path).items():
        assert np.array_equal(state[name], value.half().numpy())
    figures = read_header(tmp_path / "model.safetensors").metadata
    assert figures["nll_per_token"] == f"{nll:.4f}"
    assert figures["tokens_seen"] == log(tmp_path)[-1]["tokens"]
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["plan"]["steps"] == 6
    assert settings["recipe"]["chord"] == Recipe().chord


class PowerCut(Exception):
    pass


@dataclass(frozen=True)
class Failing(Cache):
    """A cache that fails after as many songs as ``left`` has entries."""

    left: list[None] = field(default_factory=list)

    def song(self, index: int):
        if not self.left:
            raise PowerCut
        self.left.pop()
        return super().song(index)


@both
@pytest.mark.parametrize("optimizer", ["muon", "adam"])
def test_a_resumed_run_equals_an_unbroken_one(cache, config, tmp_path, positions, optimizer):
    plan = replace(PLAN, optimizer=optimizer, checkpoint_minutes=0.0, validate_every=100)
    train(cache, config(positions), plan, tmp_path / "whole", LONG)
    columns = {f.name: getattr(cache, f.name) for f in fields(Cache)}
    failing = Failing(**columns, left=[None] * (3 * plan.batch + 1))
    with pytest.raises(PowerCut):
        train(failing, config(positions), plan, tmp_path / "broken", LONG)
    assert torch.load(tmp_path / "broken" / "checkpoint.pt")["step"] == 3
    train(cache, config(positions), plan, tmp_path / "broken", LONG)
    assert equal(weights(tmp_path / "broken"), weights(tmp_path / "whole"))
    rows = [log(tmp_path / name)[-1] for name in ("broken", "whole")]
    assert rows[0]["tokens"] == rows[1]["tokens"]


@pytest.mark.parametrize("optimizer", ["muon", "adam"])
def test_a_run_stopped_by_time_equals_an_unbroken_one(cache, config, tmp_path, capsys, optimizer):
    plan = replace(PLAN, steps=4, optimizer=optimizer, validate_every=100)
    nll = train(cache, config(), plan, tmp_path / "whole")
    capsys.readouterr()
    for step in (1, 2, 3):
        cut = train(cache, config(), plan, tmp_path / "cut", minutes=0.0)
        assert torch.load(tmp_path / "cut" / "checkpoint.pt")["step"] == step
        assert f"after step {step} of 4" in capsys.readouterr().out
        figures = read_header(tmp_path / "cut" / "model.safetensors").metadata
        assert figures["nll_per_token"] == f"{cut:.4f}"
    assert train(cache, config(), plan, tmp_path / "cut", minutes=0.0) == nll
    assert "time is up" not in capsys.readouterr().out
    assert equal(weights(tmp_path / "cut"), weights(tmp_path / "whole"))
    assert [int(row["step"]) for row in log(tmp_path / "cut")] == [1, 2, 3, 4]


def test_a_run_may_be_given_in_minutes(cache, config, tmp_path, monkeypatch):
    # A clock that advances by a second at every reading.
    monkeypatch.setattr("engine.training.loop.time", SimpleNamespace(monotonic=count().__next__))
    plan = replace(PLAN, steps=None, warmup=0, validate_every=100)
    nll = train(cache, config(), plan, tmp_path, minutes=0.5)
    steps = int(log(tmp_path)[-1]["step"])
    checkpoint = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert steps > 5 and 30 < checkpoint["seconds"] < 35
    muon = checkpoint["optimizers"][0]["param_groups"][0]
    assert 0 <= muon["lr"] < plan.muon_rate / 5
    # The run is over, and another call trains no more. A longer run has time left.
    assert train(cache, config(), plan, tmp_path, minutes=0.5) == nll
    assert equal(weights(tmp_path), checkpoint["model"])
    train(cache, config(), plan, tmp_path, minutes=1.0)
    assert int(log(tmp_path)[-1]["step"]) > steps


def test_a_run_without_end_is_an_error(cache, config, tmp_path):
    with pytest.raises(EmsyncError, match="give steps, minutes or both"):
        train(cache, config(), replace(PLAN, steps=None), tmp_path)


def test_a_finished_run_is_not_trained_on(cache, config, tmp_path):
    nll = train(cache, config(), PLAN, tmp_path)
    before = weights(tmp_path)
    assert train(cache, config(), PLAN, tmp_path) == nll
    assert equal(weights(tmp_path), before)


def test_a_run_may_start_from_weights(cache, config, tmp_path):
    train(cache, config(), PLAN, tmp_path / "first")
    start = tmp_path / "first" / "model.safetensors"
    still = replace(PLAN, rate=0.0, muon_rate=0.0)
    drier = replace(config(), dropout=0.0)
    train(cache, drier, still, tmp_path / "second", weights=start)
    found, second = read_weights(tmp_path / "second" / "model.safetensors")
    assert found == drier
    first = read_weights(start)[1]
    assert all(np.array_equal(first[name], second[name]) for name in first)
    seen = [
        int(read_header(tmp_path / n / "model.safetensors").metadata["tokens_seen"])
        for n in ("first", "second")
    ]
    assert seen[1] == 2 * seen[0] > 0
    with pytest.raises(EmsyncError, match="another network"):
        train(cache, config("relative"), PLAN, tmp_path / "third", weights=start)


def test_weights_may_gain_controls_and_features_at_the_end(cache, config, tmp_path):
    small = config()
    small = replace(small, controls=small.controls[:4], features=small.features[:1])
    train(cache, small, PLAN, tmp_path / "first")
    start = tmp_path / "first" / "model.safetensors"
    still = replace(PLAN, rate=0.0, muon_rate=0.0)
    train(cache, config(), still, tmp_path / "second", weights=start)
    first, second = (
        read_weights(tmp_path / n / "model.safetensors")[1] for n in ("first", "second")
    )
    assert set(first) < set(second)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    other = replace(config(), controls=config().controls[::-1])
    with pytest.raises(EmsyncError, match="another network"):
        train(cache, other, PLAN, tmp_path / "third", weights=start)


def test_another_seed_gives_other_weights(cache, config, tmp_path):
    for seed in (0, 1):
        train(cache, config(), replace(PLAN, steps=1, seed=seed), tmp_path / str(seed))
    assert not equal(weights(tmp_path / "0"), weights(tmp_path / "1"))


def test_resuming_with_another_network_is_an_error(cache, config, tmp_path):
    train(cache, config(), PLAN, tmp_path)
    with pytest.raises(EmsyncError, match=r"^[^\n]*checkpoint[^\n]*$"):
        train(cache, config("relative"), PLAN, tmp_path)


@pytest.mark.parametrize("device", ["cuda", "abacus"])
def test_a_missing_device_is_an_error(cache, config, tmp_path, device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("CUDA is there")
    with pytest.raises(EmsyncError, match=device):
        train(cache, config(), PLAN, tmp_path, device=device)


def test_a_run_whose_nll_is_not_finite_stops(cache, config, tmp_path):
    with pytest.raises(EmsyncError, match="lower the rate"):
        train(cache, config(), replace(PLAN, rate=math.inf), tmp_path)


def test_gradients_of_micro_batches_are_accumulated(cache, config, tmp_path):
    still = replace(config(), dropout=0.0)
    plan = replace(PLAN, steps=1, optimizer="adam", rate=1e-3, chord_weight=1.0, arrival_weight=1.0)
    for micro in (1, 4):
        train(cache, still, replace(plan, micro=micro), tmp_path / str(micro))
    one, four = (weights(tmp_path / micro) for micro in ("1", "4"))
    moved = max((one[n] - four[n]).abs().mean().item() for n in one)
    assert moved < 1e-4
