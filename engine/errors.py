"""The one exception that reaches a user."""


class EmsyncError(Exception):
    """Something the user can mend: one line that says what, where and what to do.

    The command line prints it without a traceback and exits with status 2.
    """
