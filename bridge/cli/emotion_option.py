"""The options ``--emotion`` and ``--intensity``, and the table of words that ends the help."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from engine.emotion.mapping import MU_MAX, SCALED
from engine.emotion.words import WORDS

COLUMNS = 2


def emotion_argument(parser: ArgumentParser) -> None:
    """Add ``--emotion`` and ``--intensity``, and the words to the end of the help."""
    parser.add_argument(
        "--emotion", metavar="E",
        help="the emotion of the film: a word of the table below, or 'v=-0.4 a=0.7'. With times, "
        "of its sections: 'calm, 0:12.5 joy, 0:40 v=-0.4 a=0.7' (default: auto, as perceived)",
    )  # fmt: skip
    parser.add_argument(
        "--intensity", type=float, metavar="I",
        help="how far emotions go, above 0 and at most 1; valence and arousal that you give hold "
        f"as they are (default: {MU_MAX:g})",
    )  # fmt: skip
    _words_at_the_end(parser)


def word_argument(parser: ArgumentParser, what: str) -> None:
    """Add ``--emotion`` for one emotion, and the words to the end of the help. what: has it."""
    parser.add_argument(
        "--emotion", metavar="WORD",
        help=f"the emotion of {what}: a word of the table below (default: auto, as perceived)",
    )  # fmt: skip
    _words_at_the_end(parser)


def _words_at_the_end(parser: ArgumentParser) -> None:
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
