"""The option ``--emotion``, and the table of its words that ends the help."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from engine.emotion.mapping import SCALED
from engine.emotion.words import WORDS

COLUMNS = 2


def emotion_argument(parser: ArgumentParser) -> None:
    """Add ``--emotion``, and the words that it takes to the end of the help."""
    parser.add_argument(
        "--emotion", metavar="WORD",
        help="the emotion of the whole film: a word of the table below (default: auto, as "
        "perceived)",
    )  # fmt: skip
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = emotion_table()


def emotion_table() -> str:
    """The words that ``--emotion`` takes, with the valence and arousal of each."""
    points = {name: (g.valence, g.arousal) for name, g in SCALED.items()} | dict(WORDS)
    cells = [f"{word:<12}{at[0]:>+8.2f}{at[1]:>+9.2f}" for word, at in points.items()]
    height = -(-len(cells) // COLUMNS)
    head = [f"{'word':<12}{'valence':>8}{'arousal':>9}"] * COLUMNS
    rows = [head, *(cells[row::height] for row in range(height))]
    return "\n".join(["words for --emotion:", *("  " + (" " * 4).join(row) for row in rows)])
