"""The exception for errors that a user can correct."""


class EmsyncError(Exception):
    """An error that the user can correct: one line says what is wrong, where, and what to do.

    The command line prints the line without a traceback and exits with status 2.
    """
