import numpy as np

from engine import parallel
from engine.evaluation.cache import code, keep
from engine.metrics import grid


def test_made_once_for_each_cause(tmp_path) -> None:
    made: list[int] = []

    def make() -> dict[str, np.ndarray]:
        made.append(1)
        return {"values": np.array([1.5, np.nan]), "names": np.array(["a", "b"])}

    first = keep(tmp_path / "new", ("songs", 1), make)
    again = keep(tmp_path / "new", ("songs", 1), make)
    assert len(made) == 1
    assert first["names"].tolist() == again["names"].tolist() == ["a", "b"]
    np.testing.assert_array_equal(again["values"], [1.5, np.nan])
    keep(tmp_path / "new", ("songs", 2), make)
    assert len(made) == 2


def test_code_tells_modules_apart() -> None:
    assert code(grid) == code(grid) != code(grid, parallel)
