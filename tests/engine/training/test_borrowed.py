"""The commands of docs/contributing/borrowed-gpu.md run as they stand, at miniature scale."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from engine.composing.config import GenerationConfig  # noqa: E402
from engine.composing.loop import compose  # noqa: E402
from engine.cues import CueSheet, Video  # noqa: E402
from engine.hits import hits_at  # noqa: E402
from engine.model.header import read_header  # noqa: E402
from engine.model.runtime import Network  # noqa: E402
from engine.section import Section  # noqa: E402

ROOT = Path(__file__).parents[3]
SMALLER = {
    "--preset full": "--preset small",
    "--device cuda": "--device cpu",
    "--batch 64": "--batch 1",
    "--micro 64": "--micro 1",
    " --compile": "",
    "--minutes 12.4": "--minutes 0.05",
    "--validation-windows 128": "--validation-windows 1",
    "--part-mb 58": "--part-mb 0.0015",
    "--part-mb 16": "--part-mb 1.6",
    "sleep 20": "sleep 1",
}
NOT_THERE = ("symusic", "mido", "cv2", "onnx", "onnxruntime", "tqdm", "scipy", "pypianoroll")
"""Packages that a borrowed machine may not have."""


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    """The page's blocks of commands in order, at a smaller scale."""
    page = (ROOT / "docs" / "contributing" / "borrowed-gpu.md").read_text(encoding="utf-8")
    found = "\n\f".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    for large, small in SMALLER.items():
        assert large in found, f"the commands no longer say {large!r}"
        found = found.replace(large, small)
    return found.split("\f")


@pytest.fixture
def machine(tmp_path):
    """Runs a block of commands in a tree with the cache.

    Blocks for the borrowed machine have a home of their own and few packages.
    """
    tree, home, out, bare = (tmp_path / name for name in ("tree", "home", "out", "bare"))
    for folder in (tree, home, out, bare):
        folder.mkdir()
    for name in NOT_THERE:
        (bare / f"{name}.py").write_text(f"raise ModuleNotFoundError({name!r}, name={name!r})\n")
    python = Path(sys.executable).parent

    def run(block: str) -> str:
        path = [str(ROOT)] if block.startswith("# here") else [str(bare), str(ROOT)]
        environment = {
            **os.environ,
            "HOME": str(home),
            "OMP_NUM_THREADS": "1",
            "OUT": str(out),
            "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(path),
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tree, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_training_on_a_borrowed_machine(blocks, machine, cache_folder, tmp_path):
    pack, up, train, watch, down, rest, back = blocks
    tree, home, out = (tmp_path / name for name in ("tree", "home", "out"))
    (tree / "cache").symlink_to(cache_folder)

    machine(pack)
    parts = tree / "runs" / "parts"
    assert (parts / "tokens.npy.001.xz").exists()
    machine(up)
    machine(train)
    for name in ("tokens.npy", "songs.npz"):
        assert (home / "cache" / name).read_bytes() == (cache_folder / name).read_bytes()
    assert "validation NLL" in machine(watch)
    assert (home / "run" / "log.png").exists()

    brought = set()
    for block in (down, rest):
        machine(block)
        assert len(list(out.iterdir())) <= 8
        (tree / "runs" / "back").mkdir(exist_ok=True)
        for file in out.iterdir():
            brought.add(file.name)
            file.rename(tree / "runs" / "back" / file.name)
    assert {"chunks.json", "log.csv", "log.png", "model.safetensors.004.xz"} <= brought

    machine(back)
    folder = tree / "runs" / "full"
    assert read_header(folder / "model.safetensors").metadata["tokens_seen"]
    section = Section(0.0, 2.0, {}, 0.1, 0.2, "user")
    film = CueSheet(Video("film.mp4", 2.0, 24.0, 64, 48), 0.0, 2.0, (), hits_at((1.0,)), (section,))
    network = Network(folder / "model.safetensors", "cpu", threads=1)
    assert compose(film, network, GenerationConfig()).duration == pytest.approx(2.0)
