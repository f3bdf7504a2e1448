import ast
import re
from pathlib import Path

import pytest

from engine.errors import EmsyncError

ROOT = Path(__file__).parents[2]
COMMAND_LINE_ONLY = {"benchmarks", "evaluation", "training"}
"""Packages that only the command line uses."""


def named_options(source: str) -> list[str]:
    """The command-line options that the texts of a source name, docstrings left out."""
    tree = ast.parse(source)
    statements = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node not in statements
    ]
    return [option for text in texts for option in re.findall(r"--[a-z][a-z-]*", text)]


def test_texts_of_the_engine_and_of_export_name_no_command_line_options() -> None:
    """Errors reach HTTP clients too, so they name fields."""
    named = {
        str(path.relative_to(ROOT)): options
        for folder in ("engine", "export")
        for path in (ROOT / folder).rglob("*.py")
        if path.relative_to(ROOT).parts[1] not in COMMAND_LINE_ONLY
        if (options := named_options(path.read_text()))
    }
    assert named == {}


@pytest.mark.parametrize(
    "source", ['raise E("give --end")', 'f"{end}: --end lies beyond"', 'E("a" "--top-p of 2")']
)
def test_an_option_in_a_text_is_found(source: str) -> None:
    assert len(named_options(source)) == 1


def test_docstrings_and_comments_may_name_options() -> None:
    assert named_options('"""For --end."""\n# --end\nx = 1') == []


def test_an_error_is_one_line_whatever_a_file_is_called() -> None:
    error = EmsyncError("a\r\n\tb\x1b[2J\u2028é 音.mp4: is empty; give a video file")
    assert str(error) == r"a\r\n\tb\x1b[2J\u2028é 音.mp4: is empty; give a video file"
