"""What a person reads is plain English: short sentences, and no names of former times."""

from __future__ import annotations

import re
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from bridge.cli import COMMANDS, MODEL_COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
LONG = 25
"""The most words of a sentence."""
SHARE = 0.03
"""The share of sentences that may be too long."""
PLANNED = {"bridge/batch/", "engine/evaluation/survey.py"}
"""Places of what is still to come, which the architecture names."""
FORMER = (
    "announcer", "bending", "commission", "gathering", "lifting", "merit", "overdue", "parcel",
    "parcels", "reprise", "senses", "steering", "traits", "warping", "wishes", "workshop",
)  # fmt: skip
"""Names that the code had before and must not have again."""
MODULES = {
    "bridge/midi": {"choice", "nowhere", "pulse", "sender", "sounding", "systems"},
    "bridge/play": {"course", "ending", "manner", "reading"},
    "bridge/server": {"composing", "door", "pieces", "stage", "wire"},
    "engine/metrics": {"columns", "keeping", "pieces", "songs"},
    "engine/music": {"composer", "composition", "endings", "ensemble", "sampling", "takes"},
}
"""Modules that have gone elsewhere."""


def sentences(text: str) -> Iterator[str]:
    """The sentences of a Markdown page or a help text, cells of tables each by itself."""
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    text = re.sub(r"`[^`]*`", "code", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    for block in re.split(r"\n\s*\n|\n\s*(?:[-*|#]|\d+\.)\s*|\||<br>", text):
        yield from re.split(r"(?<=[.!?])\s+", " ".join(block.split()))


def words(sentence: str) -> int:
    return len(re.findall(r"[A-Za-z][\w'-]*", sentence))


def too_long(text: str) -> tuple[list[str], int]:
    """The sentences that are too long, and how many there are in all."""
    found = [sentence for sentence in sentences(text) if words(sentence) > 1]
    return [sentence for sentence in found if words(sentence) > LONG], len(found)


def help_texts() -> Iterator[str]:
    groups = [("bridge.cli", COMMANDS), ("bridge.cli.model", MODEL_COMMANDS)]
    for package, commands in groups:
        for name, text in commands.items():
            yield text
            if name == "model":
                continue
            parser = ArgumentParser()
            import_module(f"{package}.{name.replace('-', '_')}").arguments(parser)
            yield from _helps(parser)


def options() -> Iterator[tuple[str, str | None]]:
    """Every option of every command, hidden ones too, with its help."""
    groups = [("bridge.cli", COMMANDS), ("bridge.cli.model", MODEL_COMMANDS)]
    for package, commands in groups:
        for name in set(commands) - {"model"}:
            parser = ArgumentParser()
            import_module(f"{package}.{name.replace('-', '_')}").arguments(parser)
            for option, text in _options(parser):
                yield f"{name} {option}", text


def _options(parser: ArgumentParser) -> Iterator[tuple[str, str | None]]:
    for action in parser._actions:
        if not isinstance(action.choices, dict):
            yield " ".join(action.option_strings) or action.dest, action.help
            continue
        for name, inner in action.choices.items():
            yield from ((f"{name} {option}", text) for option, text in _options(inner))


def _helps(parser: ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield action.help or ""
        if isinstance(action.choices, dict):
            for inner in action.choices.values():
                yield inner.description or ""
                yield from _helps(inner)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sentences_of_the_docs_are_short(page):
    long, count = too_long(page.read_text(encoding="utf-8"))
    assert len(long) <= SHARE * count, long


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_headings_that_a_page_names_exist(page):
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:bridge|engine|export|reaper_scripts|tests)/[\w./]+)`", text))
    links = set(re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text))
    missing = [name for name in named - PLANNED if not (ROOT / name).exists()]
    missing += [to for to, _ in links if not (page.parent / to).exists()]
    assert missing == []
    targets = [(page.parent / to if to else page, anchor) for to, anchor in links if anchor]
    assert [(to, anchor) for to, anchor in targets if anchor not in anchors(to)] == []


def anchors(page: Path) -> set[str]:
    """The names of a page's headings in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in headings}


def test_help_is_in_short_sentences():
    texts = list(help_texts())
    assert len(texts) > 100
    assert [sentence for text in texts for sentence in too_long(text)[0]] == []


def test_every_option_has_a_help_that_is_a_whole_phrase():
    found = dict(options())
    assert len(found) > 100
    beginnings = ("of ", "with ", "between ", "such as ")
    assert {o: text for o, text in found.items() if not text or text.startswith(beginnings)} == {}


def test_a_long_sentence_is_found():
    assert len(too_long("Short. " + " ".join(["word"] * (LONG + 1)) + ". Short.")[0]) == 1
    assert too_long("| a cell | another |\n" * 40)[0] == []


def sources() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "*.md", "*.lua"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_former_names_are_gone():
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(FORMER)})(?![a-z])", re.IGNORECASE)
    allowed = {"tests/test_language.py", "engine/model/former_names.py", "CHANGELOG.md"}
    allowed.add("tests/engine/model/test_former_names.py")
    found = [
        f"{name}: {line.strip()}"
        for name in sources()
        if name not in allowed
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("folder", MODULES)
def test_former_modules_are_gone(folder):
    assert not {path.stem for path in (ROOT / folder).glob("*.py")} & MODULES[folder]
