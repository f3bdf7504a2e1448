import ast
from pathlib import Path

import pytest

import engine.metrics

MODULES = sorted(Path(engine.metrics.__file__).parent.glob("*.py"))
PURE = {
    "__future__", "collections", "dataclasses", "enum", "functools", "itertools", "math", "typing",
    "numpy", "scipy",
}  # fmt: skip
ENGINE = ("engine.arrays", "engine.errors", "engine.metrics", "engine.music", "engine.score")


def imports(path: Path) -> list[str]:
    """Every module that a file imports, by its full name."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_metrics_import_only_the_language_of_music_and_numbers(path: Path) -> None:
    foreign = [
        name
        for name in imports(path)
        if name.split(".")[0] not in PURE
        and not f"{name}.".startswith(tuple(f"{e}." for e in ENGINE))
    ]
    assert foreign == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_metrics_open_and_print_nothing(path: Path) -> None:
    names = {
        node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)
    }
    assert not names & {"open", "print", "input", "exec", "eval", "__import__"}
