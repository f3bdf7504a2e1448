from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from engine.training.distributed import World, join_world  # noqa: E402

PEERS = """
import sys
from pathlib import Path

import torch

from engine.model.config import ModelConfig
from engine.training.corpus.token_cache import Cache
from engine.training.distributed import join_world
from engine.training.loop import train
from engine.training.plan import TrainingPlan

world = join_world("cpu")
own = [torch.full((3,), float(world.rank)), torch.full((2, 2), 10.0 * world.rank)]
world.average(own)
assert [t.unique().item() for t in own] == [0.5, 5.0], own
assert world.any(world.rank == 1) and not world.any(False)

folder = Path(sys.argv[2])
config = ModelConfig(layers=1, heads=2, width=32, hidden=48, context=48, positions="rotary")
plan = TrainingPlan(steps=3, batch=4, micro=2, validate_every=3, validation_windows=2)
nll = train(Cache.open(Path(sys.argv[1])), config, plan, folder)
(folder / f"nll.{world.rank}").write_text(repr(nll))
"""


def test_without_torchrun_there_is_one_process():
    alone = join_world("cpu")
    assert alone == World(0, 1, "cpu")
    assert alone.any(True) and not alone.any(False)


def test_two_processes_train_one_network(cache_folder, tmp_path):
    script = tmp_path / "peers.py"
    script.write_text(PEERS)
    words = ["--standalone", "--nproc-per-node", "2", script, cache_folder, tmp_path]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Each validates the weights it holds: the same figure means the same weights.
    assert (tmp_path / "nll.0").read_text() == (tmp_path / "nll.1").read_text()
    rows = (tmp_path / "log.csv").read_text().splitlines()
    assert len(rows) == 2, "only the leading process logs"
