"""The exception for errors that a user can correct."""


class EmsyncError(Exception):
    """An error that the user can correct: one line says what is wrong, where, and what to do.

    The command line prints the line without a traceback and exits with status 2.
    """


def shown(text: str, most: int = 40) -> str:
    """A user's text as an error quotes it: in one line, and cut after ``most`` characters."""
    text = text.strip()
    return repr(text if len(text) <= most else text[:most] + "...")
