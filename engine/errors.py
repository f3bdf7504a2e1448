"""The exception for errors that a user can correct."""

_BREAKS = {code: ascii(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}
"""Control characters and line separators -> how a line shows them."""


class EmsyncError(Exception):
    """An error that the user can correct: one line says what is wrong, where, and what to do.

    The command line prints the line without a traceback and exits with status 2.
    """

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


def one_line(message: str) -> str:
    """A message in one line. The name of a file in it may have line breaks, which are escaped."""
    return message.translate(_BREAKS)


def shown(text: str, most: int = 40) -> str:
    """A user's text as an error quotes it: in one line, and cut after ``most`` characters."""
    text = text.strip()
    return repr(text if len(text) <= most else text[:most] + "...")
