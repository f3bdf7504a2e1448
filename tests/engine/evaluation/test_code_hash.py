import subprocess
import sys

import pytest

from engine.evaluation.code_hash import bare_code, code_hash, direct_imports, imported_modules

SOURCE = '''"""A module."""

LIMIT = 2.0
"""Seconds."""


def late(time: float) -> bool:
    """Whether a time is late."""
    return time > LIMIT  # strictly
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""A module."""', ""),
        ('"""Seconds."""', '"""The limit in seconds."""'),
        ('"""Whether a time is late."""', '"""True for late times."""'),
        ("  # strictly", ""),
        ("time > LIMIT", "(time\n        > LIMIT)"),
        ("\n\n\n", "\n\n"),
    ],
)
def test_comments_docstrings_and_formatting_do_not_matter(old: str, new: str) -> None:
    edited = SOURCE.replace(old, new, 1)
    assert edited != SOURCE
    assert bare_code(edited) == bare_code(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.0", "2"),
        ("time > LIMIT", "time >= LIMIT"),
        ("time > LIMIT", "LIMIT > time"),
        ("LIMIT = 2.0", "LIMIT = -2.0"),
        ("late(time: float)", "late(time: float, by: float = 0)"),
        ("return ", "return not "),
        ("def late", "@cache\ndef late"),
        ('"""Seconds."""', 'print("""Seconds.""")'),
    ],
)
def test_a_change_of_code_matters(old: str, new: str) -> None:
    edited = SOURCE.replace(old, new, 1)
    assert edited != SOURCE
    assert bare_code(edited) != bare_code(SOURCE)


def test_imports_are_found_by_every_form() -> None:
    source = """
import numpy as np
import engine.files
from engine import parallel
from engine.music import features, vocabulary as voc
from engine.score import Note

def late():
    from engine.cues import CueSheet
"""
    assert direct_imports(source) == {
        "engine", "engine.files", "engine.parallel", "engine.music", "engine.music.features",
        "engine.music.vocabulary", "engine.score", "engine.cues",
    }  # fmt: skip


@pytest.mark.parametrize("module", ["engine.composing.takes", "engine.evaluation.references"])
def test_every_loaded_module_is_found(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if name.split(".")[0] == "engine"}
    assert module in loaded
    assert loaded <= imported_modules(module)


def test_different_modules_have_different_hashes() -> None:
    assert code_hash("engine.parallel") == code_hash("engine.parallel") != code_hash("engine.files")


def test_only_modules_of_the_engine_have_a_hash() -> None:
    for name in ("numpy", "engine.nothing"):
        with pytest.raises(ModuleNotFoundError, match=name):
            code_hash(name)
