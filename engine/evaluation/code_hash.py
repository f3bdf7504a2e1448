"""A hash of the code that a cached result depends on.

It covers modules and every module of the engine that they import, directly or not. Comments,
docstrings and formatting do not matter; any change of code does.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

import engine

_ROOT = Path(engine.__file__).parent.parent


def code_hash(*modules: str) -> str:
    """The hash of modules, by name, and of all that they import from the engine.

    Raises ModuleNotFoundError if a module is not part of the engine.
    """
    digest = hashlib.sha256()
    for name in sorted(imported_modules(*modules)):
        digest.update(f"{name}\n{bare_code(_source(name))}\n".encode())
    return digest.hexdigest()


def imported_modules(*modules: str) -> set[str]:
    """The modules, their packages, and every module of the engine that any of them imports.

    Imports inside functions count too.
    """
    found: set[str] = set()
    left = list(modules)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _packages(name)
            left += direct_imports(_source(name))
    return found


def direct_imports(source: str) -> set[str]:
    """The modules of the engine that a source imports by itself, by name."""
    names = {name for node in ast.walk(ast.parse(source)) for name in _names(node)}
    return {name for name in names if _file(name) is not None}


def bare_code(source: str) -> str:
    """The syntax tree of a source as text, without docstrings, comments and positions.

    Any statement that is only a string counts as a docstring; running it has no effect.
    """
    return ast.dump(_Undocumented().visit(ast.parse(source)))


class _Undocumented(ast.NodeTransformer):
    """Drops statements that are only a string."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        value = node.value
        return None if isinstance(value, ast.Constant) and isinstance(value.value, str) else node


def _names(node: ast.AST) -> Iterator[str]:
    """The names that a statement may import: modules, or what they hold."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _packages(name: str) -> list[str]:
    """The packages that Python loads before a module."""
    parts = name.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def _file(name: str) -> Path | None:
    """The file of a module of the engine; None for anything else."""
    if name.split(".")[0] != engine.__name__:
        return None
    stem = _ROOT.joinpath(*name.split("."))
    return next((p for p in (stem.with_suffix(".py"), stem / "__init__.py") if p.is_file()), None)


def _source(name: str) -> str:
    file = _file(name)
    if file is None:
        raise ModuleNotFoundError(f"{name} is no module of the engine", name=name)
    return file.read_text("utf-8")
