import numpy as np

from engine.evaluation.cache import load_or_make


def test_a_result_is_made_once_for_all_it_depends_on(tmp_path) -> None:
    made: list[int] = []

    def make() -> dict[str, np.ndarray]:
        made.append(1)
        return {"values": np.array([1.5, np.nan]), "names": np.array(["a", "b"])}

    first = load_or_make(tmp_path / "new", ("songs", 1), make)
    again = load_or_make(tmp_path / "new", ("songs", 1), make)
    assert len(made) == 1
    assert first["names"].tolist() == again["names"].tolist() == ["a", "b"]
    np.testing.assert_array_equal(again["values"], [1.5, np.nan])
    load_or_make(tmp_path / "new", ("songs", 2), make)
    assert len(made) == 2
