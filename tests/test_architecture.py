"""The directions of imports: which package may import which.

A unit is a package or module directly under ``engine`` or ``bridge``, or ``export`` as a whole. The
tables name every unit. A new one must be entered here with what it may import.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
ROOTS = ("engine", "export", "bridge")

BASE = {
    "engine.arrays",
    "engine.checks",
    "engine.chunks",
    "engine.errors",
    "engine.files",
    "engine.hub",
    "engine.parallel",
    "engine.score",
    "engine.section",
    "engine.threads",
    "engine.timecode",
}
"""Small modules without knowledge of films, networks or files of music."""

COMPOSE = {
    *BASE,
    "engine.analysis",
    "engine.composing",
    "engine.cues",
    "engine.cues_json",
    "engine.emotion",
    "engine.hits",
    "engine.live",
    "engine.measurements",
    "engine.metrics",
    "engine.model",
    "engine.music",
    "engine.performance",
    "engine.originality",
    "engine.plan",
    "engine.rating",
    "engine.recut",
    "engine.rescore",
    "engine.spotting",
    "engine.timeline",
    "engine.video",
}
"""What a film's music needs: the engine without training, evaluation and benchmarks."""

ENGINE = {
    *COMPOSE,
    "engine.audio",
    "engine.benchmarks",
    "engine.evaluation",
    "engine.tagging",
    "engine.training",
}

ALLOWED: Mapping[str, set[str]] = {
    "engine": set(),
    "engine.arrays": set(),
    "engine.errors": set(),
    "engine.parallel": set(),
    "engine.score": set(),
    "engine.section": set(),
    "engine.threads": set(),
    "engine.checks": {"engine.errors"},
    "engine.files": {"engine.errors"},
    "engine.hub": {"engine.errors", "engine.files"},
    "engine.timecode": {"engine.errors"},
    "engine.audio": {"engine.arrays", "engine.errors"},
    "engine.tagging": {"engine.arrays", "engine.audio", "engine.errors"},
    "engine.chunks": {"engine.errors", "engine.files"},
    "engine.emotion": BASE,
    "engine.hits": {*BASE, "engine.emotion"},
    "engine.spotting": {*BASE, "engine.emotion", "engine.hits"},
    "engine.cues": {*BASE, "engine.hits", "engine.spotting"},
    "engine.cues_json": {
        *BASE,
        "engine.cues",
        "engine.emotion",
        "engine.hits",
        "engine.spotting",
    },
    "engine.timeline": {
        *BASE,
        "engine.cues",
        "engine.cues_json",
        "engine.emotion",
        "engine.hits",
        "engine.music",
        "engine.spotting",
    },
    "engine.music": BASE,
    "engine.model": {*BASE, "engine.music"},
    "engine.performance": {*BASE, "engine.music"},
    "engine.metrics": {*BASE, "engine.music"},
    "engine.originality": {*BASE, "engine.music"},
    "engine.video": {*BASE, "engine.cues"},
    "engine.measurements": {*BASE, "engine.cues", "engine.emotion", "engine.video"},
    "engine.analysis": {
        *BASE,
        "engine.cues",
        "engine.emotion",
        "engine.hits",
        "engine.measurements",
        "engine.video",
    },
    "engine.plan": {*BASE, "engine.cues", "engine.hits", "engine.music"},
    "engine.rating": {*BASE, "engine.metrics", "engine.music"},
    "engine.composing": {
        *BASE,
        "engine.cues",
        "engine.metrics",
        "engine.model",
        "engine.music",
        "engine.originality",
        "engine.plan",
        "engine.rating",
    },
    "engine.recut": {
        *BASE,
        "engine.composing",
        "engine.cues",
        "engine.hits",
        "engine.music",
        "engine.plan",
        "engine.timeline",
        "engine.video",
    },
    "engine.rescore": {
        *BASE,
        "engine.composing",
        "engine.cues",
        "engine.emotion",
        "engine.hits",
        "engine.model",
        "engine.music",
        "engine.plan",
        "engine.recut",
    },
    "engine.live": {
        *BASE,
        "engine.composing",
        "engine.cues",
        "engine.emotion",
        "engine.model",
        "engine.music",
        "engine.plan",
    },
    "engine.training": {
        *BASE,
        "engine.emotion",
        "engine.metrics",
        "engine.model",
        "engine.music",
        "engine.performance",
    },
    "engine.evaluation": {*COMPOSE, "engine", "engine.training"},
    "engine.benchmarks": ENGINE - {"engine.benchmarks"},
    "export": {
        "engine.arrays",
        "engine.cues",
        "engine.emotion",
        "engine.errors",
        "engine.files",
        "engine.music",
        "engine.plan",
        "engine.score",
        "engine.section",
        "engine.timecode",
        "engine.video",
    },
    "bridge": set(),
    "bridge.version": set(),
    "bridge.state": BASE,
    "bridge.midi": {*BASE, "bridge.state"},
    "bridge.osc": BASE,
    "bridge.reaper": {*BASE, "bridge"},
    "bridge.play": {
        *BASE,
        "engine.cues",
        "engine.cues_json",
        "engine.music",
        "engine.performance",
        "engine.plan",
        "export",
        "bridge.midi",
        "bridge.osc",
    },
    "bridge.scoring": {*COMPOSE, "export"},
    "bridge.server": {
        *COMPOSE,
        "export",
        "bridge.midi",
        "bridge.osc",
        "bridge.play",
        "bridge.scoring",
        "bridge.state",
        "bridge.version",
    },
    "bridge.doctor": {
        *BASE,
        "engine.emotion",
        "export",
        "engine.model",
        "bridge.midi",
        "bridge.osc",
        "bridge.play",
        "bridge.state",
    },
    "bridge.cli": {
        *ENGINE,
        "export",
        "bridge.doctor",
        "bridge.midi",
        "bridge.osc",
        "bridge.play",
        "bridge.reaper",
        "bridge.scoring",
        "bridge.server",
        "bridge.state",
        "bridge.version",
    },
}
"""Unit -> the units that it may import. Nothing may import ``bridge.cli``."""


class Import(NamedTuple):
    """A module and what it imports."""

    importer: str
    imported: str


def module_name(path: Path) -> str:
    """The dotted name of a source file below the root."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(importer: str, source: str, is_package: bool = False) -> Iterator[Import]:
    """All imports of this project's modules in a source text, those in functions too.

    ``from a import b`` yields ``a.b``, which is a module or a name within ``a``.
    """
    package = importer.split(".") if is_package else importer.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found = [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names, level=level):
                parent = package[: len(package) - level + 1] if level else []
                prefix = ".".join([*parent, *([module] if module else [])])
                found = [f"{prefix}.{alias.name}" for alias in names]
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name),
                args=[ast.Constant(value=str(module)), *_],
            ) if name in ("import_module", "__import__"):
                found = [module]
            case _:
                continue
        yield from (Import(importer, name) for name in found if name.split(".")[0] in ROOTS)


def unit(module: str) -> str:
    """The unit that a module, or a name within it, belongs to."""
    parts = module.split(".")
    return parts[0] if parts[0] == "export" else ".".join(parts[:2])


def violations(found: Iterable[Import], allowed: Mapping[str, set[str]]) -> list[str]:
    """The imports that the table does not allow, each as a line of text."""
    wrong = []
    for importer, imported in found:
        source, target = unit(importer), unit(imported)
        if source not in allowed:
            wrong.append(f"{source} is not in the table")
        elif source != target and target not in allowed[source]:
            wrong.append(f"{importer} imports {imported}, but {source} may not import {target}")
    return sorted(set(wrong))


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """The nodes of one cycle of a graph, in order; empty if it has none."""
    done: set[str] = set()

    def search(node: str, path: list[str]) -> list[str]:
        if node in path:
            return path[path.index(node) :]
        if node in done:
            return []
        for target in sorted(graph.get(node, ())):
            if found := search(target, [*path, node]):
                return found
        done.add(node)
        return []

    return next((found for node in sorted(graph) if (found := search(node, []))), [])


def graph_of(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for source, target in pairs:
        if source != target:
            graph.setdefault(source, set()).add(target)
    return graph


@pytest.fixture(scope="module")
def files() -> dict[str, Path]:
    """All modules by name."""
    paths = [path for root in ROOTS for path in (ROOT / root).rglob("*.py")]
    return {module_name(path): path for path in paths}


@pytest.fixture(scope="module")
def found(files: dict[str, Path]) -> list[Import]:
    """All imports of this project's modules, each to the module itself."""

    def module_of(name: str) -> str:
        while name not in files:
            name = name.rpartition(".")[0]
        return name

    return [
        Import(importer, module_of(imported))
        for name, path in files.items()
        for importer, imported in imports(name, path.read_text(), path.stem == "__init__")
    ]


def test_imports_go_only_in_the_allowed_directions(found: list[Import]) -> None:
    assert violations(found, ALLOWED) == []


def test_the_tables_name_every_unit_and_no_other(files: dict[str, Path]) -> None:
    assert set(map(unit, files)) == set(ALLOWED)


def test_the_table_itself_has_no_cycle() -> None:
    assert cycle(ALLOWED) == []


def test_neither_packages_nor_modules_import_each_other_in_a_circle(found: list[Import]) -> None:
    assert cycle(graph_of((unit(a), unit(b)) for a, b in found)) == []
    assert cycle(graph_of(found)) == []


def test_nothing_imports_the_command_line() -> None:
    assert [source for source, targets in ALLOWED.items() if "bridge.cli" in targets] == []


def test_the_engine_imports_neither_export_nor_bridge(found: list[Import]) -> None:
    outward = [i for i in found if i.importer.startswith("engine") and i.imported[:6] != "engine"]
    assert outward == []


PLANTED = {
    "at the top": "import bridge.cli.score",
    "by name": "from bridge.cli import score",
    "under another name": "import export.midi as m",
    "relative": "from ..model import runtime",
    "in a function": "def f():\n    from engine.model.runtime import Network",
    "for types only": "if TYPE_CHECKING:\n    from engine.model import runtime",
    "where it may fail": "try:\n    import engine.model\nexcept ImportError:\n    pass",
    "by a call": "importlib.import_module('engine.model.runtime')",
}


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED.keys())
def test_a_forbidden_import_is_found_wherever_it_stands(source: str) -> None:
    planted = list(imports("engine.music.tempo", source))
    assert len(violations(planted, ALLOWED)) == 1


def test_an_allowed_import_is_no_violation() -> None:
    source = (
        "import os\nimport numpy\nfrom engine.music import vocabulary\nfrom engine import score"
    )
    planted = list(imports("engine.music.tempo", source))
    assert planted == [
        ("engine.music.tempo", "engine.music.vocabulary"),
        ("engine.music.tempo", "engine.score"),
    ]
    assert violations(planted, ALLOWED) == []


def test_a_unit_without_a_row_is_a_violation() -> None:
    planted = [Import("engine.attic.box", "engine.score")]
    assert violations(planted, ALLOWED) == ["engine.attic is not in the table"]


def test_a_cycle_is_found() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}}) == []
